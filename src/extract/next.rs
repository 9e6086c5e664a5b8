//! The next article on the same page, which sites with endless scrolling put below the one that was
//! asked for.

use crate::extract::blocks::{Block, Blocks, Shape};

/// For each block whether it belongs to the next article or a later one: an `article` of its own with a
/// main heading, where one before it has its main heading too.
pub(super) fn is_next(blocks: &Blocks) -> Vec<bool> {
    let outermost = |block: &Block| {
        let around = blocks.around(block);
        around.filter(|container| blocks.containers[*container].name == "article").last()
    };
    let articles: Vec<Option<usize>> = blocks.blocks.iter().map(outermost).collect();
    let is_main = |block: &Block| block.shape == Shape::Heading(1);
    let mut headed = Vec::new();
    for (block, article) in blocks.blocks.iter().zip(&articles) {
        if let Some(article) = article.filter(|article| is_main(block) && !headed.contains(article))
        {
            headed.push(article);
        }
    }
    let later = headed.get(1..).unwrap_or_default();
    articles.iter().map(|article| article.is_some_and(|of| later.contains(&of))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dom_query::Document;

    use super::*;
    use crate::extract::blocks;

    fn first_words(html: &str) -> Vec<String> {
        let all = blocks::of(&Document::from(html), &HashSet::new());
        let marked = is_next(&all);
        let own = all.blocks.iter().zip(marked).filter(|(_, is_next)| !is_next);
        own.map(|(block, _)| block.text.clone()).collect()
    }

    #[test]
    fn an_article_with_a_main_heading_of_its_own_is_another_one() {
        let page = "<main><article><h1>Brug dicht</h1><p>De brug is dicht.</p><article>\
                    <h2>Update</h2><p>Nog dicht.</p></article></article><hr><article>\
                    <header><h1>Kaas duurder</h1></header><p>Kaas is duurder.</p></article></main>";
        let own = ["Brug dicht", "De brug is dicht.", "Update", "Nog dicht."];
        assert_eq!(first_words(page), own);
    }

    #[test]
    fn posts_and_lists_of_one_article_are_its_own() {
        let posts = "<h1>Brug dicht</h1><article><h2>10:00</h2><p>Dicht.</p></article>\
                     <article><h2>11:00</h2><p>Open.</p></article>";
        assert_eq!(first_words(posts).len(), 5);
        let one = "<article><p>Intro.</p></article><article><h1>Brug</h1><p>Dicht.</p></article>";
        assert_eq!(first_words(one).len(), 3);
    }
}
