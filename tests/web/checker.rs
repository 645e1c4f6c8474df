//! Whether a JSON value is what a schema of the description says: types, required keys, enumerations, and no key that is
//! not described.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is wrong with `value`, each with the place; nothing when it conforms.
pub(crate) fn mistakes(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Checker { document }.check(schema, value, "$", &mut found);
    found
}

struct Checker<'a> {
    document: &'a Value,
}

/// The keys of an object schema, those of all its parts together.
#[derive(Default)]
struct Keys<'a> {
    known: BTreeMap<&'a str, &'a Value>,
    required: Vec<&'a str>,
    others: Option<&'a Value>,
    /// An object of which nothing is said may hold anything.
    described: bool,
}

impl<'a> Checker<'a> {
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let found = self.document.pointer(reference.trim_start_matches('#'));
                self.resolve(found.unwrap_or_else(|| panic!("{reference} leads nowhere")))
            }
            None => schema,
        }
    }

    fn check(&self, schema: &'a Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let schema = self.resolve(schema);
        if let Some(choices) = schema["oneOf"].as_array() {
            let fits = |choice: &&Value| {
                let mut mistakes = Vec::new();
                self.check(choice, value, place, &mut mistakes);
                mistakes.is_empty()
            };
            let fitting = choices.iter().filter(fits).count();
            if fitting != 1 {
                found.push(format!("{place}: {value} fits {fitting} of the alternatives"));
            }
            return;
        }
        if !self.has_type(schema, value) {
            return found.push(format!("{place}: {value} is not of type {}", schema["type"]));
        }
        if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
            found.push(format!("{place}: {value} is none of {}", schema["enum"]));
        }
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{place}[{at}]"), found);
                }
            }
            Value::Object(entries) => {
                let mut keys = Keys::default();
                self.collect(schema, &mut keys);
                let missing = keys.required.iter().filter(|key| !entries.contains_key(**key));
                found.extend(missing.map(|key| format!("{place}: {key} is missing")));
                for (key, entry) in entries.iter().filter(|_| keys.described) {
                    match keys.known.get(key.as_str()).copied().or(keys.others) {
                        Some(schema) => self.check(schema, entry, &format!("{place}.{key}"), found),
                        None => found.push(format!("{place}: {key} is not described")),
                    }
                }
            }
            _ => {}
        }
    }

    fn has_type(&self, schema: &Value, value: &Value) -> bool {
        let is = |name: &Value| match name.as_str().unwrap() {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("unknown type {other}"),
        };
        match &schema["type"] {
            Value::Null => true,
            Value::Array(names) => names.iter().any(is),
            name => is(name),
        }
    }

    fn collect(&self, schema: &'a Value, keys: &mut Keys<'a>) {
        let schema = self.resolve(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect(part, keys);
        }
        let properties = schema["properties"].as_object().into_iter().flatten();
        keys.known.extend(properties.map(|(name, schema)| (name.as_str(), schema)));
        keys.required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
        keys.others = keys.others.or(schema.get("additionalProperties"));
        keys.described |= !keys.known.is_empty() || keys.others.is_some();
    }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let document = serde_json::json!({ "components": { "schemas": {
        "Part": { "type": "object", "required": ["a"], "properties": { "a": { "type": ["integer", "null"] } } },
        "Word": { "type": "string", "enum": ["x", "y"] },
    } } });
    let schema = serde_json::json!({ "allOf": [
        { "$ref": "#/components/schemas/Part" },
        { "type": "object", "required": ["b"], "properties": {
            "b": { "type": "array", "items": { "oneOf": [{ "$ref": "#/components/schemas/Word" }, { "type": "null" }] } }
        } },
    ] });
    let wrong = |value: Value| mistakes(&document, &schema, &value).len();
    assert_eq!(wrong(serde_json::json!({ "a": 1, "b": ["x", null] })), 0);
    assert_eq!(wrong(serde_json::json!({ "a": null, "b": [] })), 0);
    assert_eq!(wrong(serde_json::json!({ "b": ["z"] })), 2);
    assert_eq!(wrong(serde_json::json!({ "a": "1", "b": "x" })), 2);
    assert_eq!(wrong(serde_json::json!({ "a": 1, "b": [], "c": 0 })), 1);
}
