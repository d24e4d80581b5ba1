//! Changes of a schema, made at random: the harmless ones and the others.

use event_log_catalog::{Field, FieldType, ListItem};

use super::schemas;
use crate::random::Random;

/// The fields after one change, somewhere.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn changed(random: &mut Random, fields: &[Field]) -> Vec<Field> {
    let mut fields = fields.to_vec();
    let index = usize::try_from(random.below(fields.len() as u64)).expect("an index");
    match random.below(16) {
        0 | 1 => added(random, &mut fields, true),
        2 => added(random, &mut fields, false),
        3 => drop(fields.remove(index)),
        4 => fields.reverse(),
        5 => fields[index].optional = true,
        6 => fields[index].optional = false,
        7 => fields[index].name = free_name(&fields),
        8 => {
            let name = free_name(&fields);
            fields[index].renamed_from = Some(std::mem::replace(&mut fields[index].name, name));
        }
        9 => fields[index].field_type = schemas::field_type(random, 1),
        _ => fields[index].field_type = neighbour(random, &fields[index].field_type),
    }
    if fields.is_empty() {
        added(random, &mut fields, true);
    }
    fields
}

fn added(random: &mut Random, fields: &mut Vec<Field>, optional: bool) {
    let name = free_name(fields);
    let place = usize::try_from(random.below(fields.len() as u64 + 1)).expect("an index");
    let field_type = schemas::field_type(random, 1);
    fields.insert(place, schemas::plain(&name, field_type, optional));
}

fn free_name(fields: &[Field]) -> String {
    let is_free = |name: &String| {
        !fields.iter().any(|field| field.name == *name || field.renamed_from.as_ref() == Some(name))
    };
    (0..=2 * fields.len())
        .map(|number| format!("g{number}"))
        .find(is_free)
        .expect("there are more names than fields")
}

/// A type that is like `field_type`, wider or narrower, or changed within.
fn neighbour(random: &mut Random, field_type: &FieldType) -> FieldType {
    match field_type {
        FieldType::Integer { bits, signed } => match random.below(6) {
            0..=3 => FieldType::Integer {
                bits: random.pick(&[8, 16, 32, 64, 128]),
                signed: if random.below(3) == 0 { !signed } else { *signed },
            },
            4 => FieldType::Float { bits: if *bits < 32 { 32 } else { 64 } },
            _ => FieldType::Decimal {
                precision: random.pick(&[10, 20, 38]),
                scale: random.pick(&[0, 2]),
            },
        },
        FieldType::Float { bits } => FieldType::Float { bits: 96 - bits },
        FieldType::Decimal { precision, scale } => match random.below(3) {
            0 => {
                FieldType::Decimal { precision: precision + 2, scale: scale + random.pick(&[0, 2]) }
            }
            1 => FieldType::Decimal { precision: precision - 1, scale: *scale },
            _ => random.pick_type(&[FieldType::Float { bits: 64 }, FieldType::String]),
        },
        FieldType::Enum(values) => match random.below(3) {
            0 => FieldType::String,
            1 if values.len() > 1 => FieldType::Enum(values[1..].to_vec()),
            _ => FieldType::Enum(values.iter().cloned().chain(["kind_new".to_owned()]).collect()),
        },
        FieldType::List(item) => FieldType::List(Box::new(within(random, item))),
        FieldType::Map(item) => FieldType::Map(Box::new(within(random, item))),
        FieldType::Record(fields) => FieldType::Record(changed(random, fields)),
        _ => random.pick_type(&[FieldType::String, FieldType::Json, FieldType::Timestamp]),
    }
}

fn within(random: &mut Random, item: &ListItem) -> ListItem {
    let mut item = item.clone();
    if random.below(3) == 0 {
        item.optional = !item.optional;
    } else {
        item.item_type = neighbour(random, &item.item_type);
    }
    item
}

impl Random {
    fn pick_type(&mut self, choices: &[FieldType]) -> FieldType {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("an index")].clone()
    }
}
