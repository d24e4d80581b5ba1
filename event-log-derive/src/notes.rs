//! What people should know of a type of event or a field: description, owner, history.

use syn::Attribute;

use crate::attr::Options;
use crate::docs;
use crate::key::Key;

/// What stands in the catalogue beside names and types.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) description: String,
    pub(crate) owner: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) renamed_from: Option<String>,
}

impl Notes {
    /// What the attributes of an item say.
    pub(crate) fn new(attributes: &[Attribute], options: &Options) -> Self {
        let text = |key| options.value(key).map(syn::LitStr::value);
        Self {
            description: docs::description(attributes),
            owner: text(Key::Owner),
            since: text(Key::Since),
            deprecated: text(Key::Deprecated).or_else(|| docs::deprecated(attributes)),
            renamed_from: text(Key::RenamedFrom),
        }
    }

    /// What a variant does not say itself, its enum says for all of them.
    pub(crate) fn or(self, of_enum: &Self) -> Self {
        Self {
            owner: self.owner.or_else(|| of_enum.owner.clone()),
            since: self.since.or_else(|| of_enum.since.clone()),
            deprecated: self.deprecated.or_else(|| of_enum.deprecated.clone()),
            ..self
        }
    }
}
