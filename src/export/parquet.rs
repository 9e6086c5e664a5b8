//! Articles as Apache Parquet: one file, row group after row group.

use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;

use crate::export::row::{Cell, Row};

/// A row group is written when its texts are this long together: readers skip whole groups, and
/// memory holds one.
const GROUP_BYTES: usize = 8 << 20;

/// A file being written.
pub struct Writer<W: io::Write + Send> {
    file: SerializedFileWriter<W>,
    held: Vec<Row>,
    held_bytes: usize,
    group_bytes: usize,
}

impl<W: io::Write + Send> Writer<W> {
    /// Begins a file.
    pub fn new(out: W) -> io::Result<Self> {
        Self::with_groups(out, GROUP_BYTES)
    }

    fn with_groups(out: W, group_bytes: usize) -> io::Result<Self> {
        let level = ZstdLevel::try_new(3).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(concat!("knipsel version ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = Arc::new(schema().map_err(failed)?);
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
        Ok(Self { file, held: Vec::new(), held_bytes: 0, group_bytes })
    }

    /// Adds an article.
    pub fn push(&mut self, row: Row) -> io::Result<()> {
        self.held_bytes += row.text.len() + row.title.len();
        self.held.push(row);
        if self.held_bytes >= self.group_bytes { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.held);
        self.held_bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let cells: Vec<_> = rows.iter().map(Row::cells).collect();
        let mut group = self.file.next_row_group().map_err(failed)?;
        let mut column = 0;
        while let Some(mut writer) = group.next_column().map_err(failed)? {
            let values: Vec<&Cell<'_>> = cells.iter().map(|cells| &cells[column].1).collect();
            write(&mut writer, &values).map_err(failed)?;
            writer.close().map_err(failed)?;
            column += 1;
        }
        group.close().map_err(failed)?;
        Ok(())
    }

    /// Ends the file; gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        self.file.into_inner().map_err(failed)
    }
}

impl<W: io::Write + Send> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("held", &self.held.len()).finish_non_exhaustive()
    }
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    }
}

/// Texts are `STRING`, lists are `LIST` of `STRING`, moments are `TIMESTAMP` in UTC.
fn schema() -> Result<Type, ParquetError> {
    let row = Row::default();
    let columns = row.cells().into_iter().map(|(name, cell)| match cell {
        Cell::Text(_) => format!("optional binary {name} (STRING);"),
        Cell::List(_) => format!(
            "required group {name} (LIST) {{ repeated group list {{ \
             required binary element (STRING); }} }}"
        ),
        Cell::Moment(_) => format!("optional int64 {name} (TIMESTAMP(MILLIS,true));"),
        Cell::Number(_) => format!("required int32 {name};"),
        Cell::Truth(_) => format!("optional boolean {name};"),
    });
    parse_message_type(&format!("message article {{ {} }}", columns.collect::<String>()))
}

/// The values of one column. A definition level of 0 stands for nothing; a repetition level of 1
/// goes on with the list of the value before.
fn write(writer: &mut SerializedColumnWriter<'_>, cells: &[&Cell<'_>]) -> Result<(), ParquetError> {
    match writer.untyped() {
        ColumnWriter::BoolColumnWriter(_) => {
            optional::<BoolType>(writer, cells, |cell| match cell {
                Cell::Truth(truth) => *truth,
                _ => None,
            })
        }
        ColumnWriter::Int32ColumnWriter(_) => {
            let number = |cell: &Cell<'_>| match cell {
                Cell::Number(number) => i32::try_from(*number).unwrap_or(i32::MAX),
                _ => 0,
            };
            let numbers: Vec<i32> = cells.iter().map(|cell| number(cell)).collect();
            writer.typed::<Int32Type>().write_batch(&numbers, None, None).map(|_| ())
        }
        ColumnWriter::Int64ColumnWriter(_) => {
            optional::<Int64Type>(writer, cells, |cell| match cell {
                Cell::Moment(at) => at.map(|at| at.seconds() * 1000),
                _ => None,
            })
        }
        _ if cells.iter().any(|cell| matches!(cell, Cell::List(_))) => lists(writer, cells),
        _ => optional::<ByteArrayType>(writer, cells, |cell| match cell {
            Cell::Text(text) => text.as_deref().map(ByteArray::from),
            _ => None,
        }),
    }
}

fn optional<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    cells: &[&Cell<'_>],
    value: impl Fn(&Cell<'_>) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let values: Vec<Option<T::T>> = cells.iter().map(|cell| value(cell)).collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    writer.typed::<T>().write_batch(&values, Some(&levels), None).map(|_| ())
}

fn lists(writer: &mut SerializedColumnWriter<'_>, cells: &[&Cell<'_>]) -> Result<(), ParquetError> {
    let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        let list: &[String] = if let Cell::List(list) = cell { list } else { &[] };
        if list.is_empty() {
            definitions.push(0);
            repetitions.push(0);
        }
        for (n, text) in list.iter().enumerate() {
            values.push(ByteArray::from(text.as_str()));
            definitions.push(1);
            repetitions.push(i16::from(n > 0));
        }
    }
    let writer = writer.typed::<ByteArrayType>();
    writer.write_batch(&values, Some(&definitions), Some(&repetitions)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::RowAccessor as _;

    use super::*;
    use crate::export::row::sample;

    #[test]
    fn articles_come_back_in_order_also_over_row_groups() {
        let mut writer = Writer::with_groups(tempfile::tempfile().unwrap(), 10_000).unwrap();
        let long = "tekst ".repeat(1_000);
        for n in 0..5 {
            let row = Row { id: n.to_string(), text: long.clone(), ..sample() };
            writer.push(row).unwrap();
        }
        writer.push(Row { id: "5".into(), ..Row::default() }).unwrap();
        let reader = SerializedFileReader::new(writer.finish().unwrap()).unwrap();
        assert_eq!(reader.num_row_groups(), 3);
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        let ids: Vec<&String> = rows.iter().map(|row| row.get_string(0).unwrap()).collect();
        assert_eq!(ids, ["0", "1", "2", "3", "4", "5"]);
        assert_eq!(rows[0].get_string(22).unwrap(), &long);
        assert_eq!(rows[0].get_list(5).unwrap().len(), 2);
        assert_eq!(rows[0].get_timestamp_millis(10).unwrap(), 1_643_670_000_000);
        assert_eq!((rows[0].get_bool(18).unwrap(), rows[0].get_int(13).unwrap()), (true, 2));
        assert!(rows[5].get_string(1).is_err() && rows[5].get_list(5).unwrap().len() == 0);
    }
}
