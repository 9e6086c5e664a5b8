//! Which fields a document has in the index, and how each is indexed.

use serde::Deserialize;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexMeta};

use crate::index::tokens::{Form, Words};
use crate::{language, names, query};

/// Names of the two fields that are read back by name.
pub(super) const ARTICLE: &str = "article";
pub(super) const SORT_AT: &str = "sort_at";

/// Tantivy's name for text that is not cut up.
const RAW: &str = "raw";

/// The fields of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) article: Field,
    pub(super) sort_at: Field,
    pub(super) title: Field,
    pub(super) text: Field,
    pub(super) outlet: Field,
    pub(super) section: Field,
    pub(super) author: Field,
    pub(super) feed: Field,
    pub(super) tag: Field,
    pub(super) person: Field,
    pub(super) organization: Field,
    pub(super) place: Field,
    pub(super) language: Field,
    pub(super) access: Field,
    pub(super) kind: Field,
    pub(super) wire: Field,
    pub(super) country: Field,
    pub(super) id: Field,
    pub(super) url: Field,
    pub(super) trait_of: Field,
}

impl Fields {
    /// Where the names are kept that a question asks for in `field`, each of one word or more; they are
    /// counted as well.
    pub(super) fn of_names(&self, field: query::Field) -> Option<Field> {
        Some(match field {
            query::Field::Outlet => self.outlet,
            query::Field::Section => self.section,
            query::Field::Author => self.author,
            query::Field::Tag => self.tag,
            query::Field::Wire => self.wire,
            query::Field::Person => self.person,
            query::Field::Org => self.organization,
            query::Field::Place => self.place,
            _ => return None,
        })
    }
}

/// What stands in a commit beside the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) struct State {
    /// How far the archive was followed.
    pub(super) watermark: i64,
    /// The highest article ever put: a higher one cannot be there yet.
    pub(super) article_max: i64,
}

impl State {
    /// The state as a commit carries it.
    pub(super) fn to_payload(self) -> String {
        let Self { watermark, article_max } = self;
        serde_json::json!({ "watermark": watermark, "article_max": article_max }).to_string()
    }

    /// What the last commit says; `None` when it was none of ours.
    pub(super) fn read(meta: &IndexMeta) -> Option<Self> {
        match &meta.payload {
            Some(payload) => serde_json::from_str(payload).ok(),
            // Made, and never committed to.
            None => meta.segments.is_empty().then(Self::default),
        }
    }
}

/// The schema of today. Its tokenizers carry the versions of [`language`] and [`names`], so that an
/// index with this schema was also made by this analyzer and these rules.
pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = text(Form::Text).set_fieldnorms(true);
    let words = TextOptions::default().set_indexing_options(words);
    let names = TextOptions::default().set_indexing_options(text(Form::Name));
    let mentions = text(Form::Name).set_tokenizer(&mention_tokenizer_name());
    let mentions = TextOptions::default().set_indexing_options(mentions).set_fast(RAW);
    // As they are written, for counting.
    let counted = names.clone().set_fast(RAW);
    let exact = TextFieldIndexing::default()
        .set_tokenizer(RAW)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let exact = TextOptions::default().set_indexing_options(exact);
    let counted_exact = exact.clone().set_fast(RAW);
    let fields = Fields {
        article: schema.add_i64_field(ARTICLE, INDEXED | FAST),
        sort_at: schema.add_i64_field(SORT_AT, FAST),
        title: schema.add_text_field("title", words.clone()),
        text: schema.add_text_field("text", words),
        outlet: schema.add_text_field("outlet", counted.clone()),
        section: schema.add_text_field("section", counted.clone()),
        author: schema.add_text_field("author", counted.clone()),
        tag: schema.add_text_field("tag", counted.clone()),
        person: schema.add_text_field("person", mentions.clone()),
        organization: schema.add_text_field("org", mentions.clone()),
        place: schema.add_text_field("place", mentions),
        wire: schema.add_text_field("wire", counted),
        url: schema.add_text_field("url", names),
        language: schema.add_text_field("lang", counted_exact.clone()),
        feed: schema.add_text_field("feed", counted_exact.clone()),
        access: schema.add_text_field("access", counted_exact.clone()),
        kind: schema.add_text_field("type", counted_exact.clone()),
        country: schema.add_text_field("country", counted_exact),
        trait_of: schema.add_text_field("trait", exact.clone()),
        id: schema.add_text_field("id", exact),
    };
    (schema.build(), fields)
}

/// Teaches `index` how to cut text into words.
pub(super) fn register_tokenizers(index: &Index) {
    let manager: &TokenizerManager = index.tokenizers();
    for form in [Form::Text, Form::Name] {
        manager.register(&tokenizer_name(form), TextAnalyzer::from(Words::new(form)));
    }
    manager.register(&mention_tokenizer_name(), TextAnalyzer::from(Words::new(Form::Name)));
}

fn text(form: Form) -> TextFieldIndexing {
    TextFieldIndexing::default()
        .set_tokenizer(&tokenizer_name(form))
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(false)
}

fn tokenizer_name(form: Form) -> String {
    match form {
        Form::Text => format!("text-{}", language::VERSION),
        Form::Name => format!("name-{}", language::VERSION),
    }
}

/// Names are cut as other names are; what was recognized depends on the rules of the day.
fn mention_tokenizer_name() -> String {
    format!("mention-{}-{}", language::VERSION, names::VERSION)
}
