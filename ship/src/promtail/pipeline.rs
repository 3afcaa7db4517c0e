//! Pipeline stages of Promtail, which are stages here.

use serde_json::Value;

use super::go_times;
use super::writer::{Writer, table, text};

/// Begins a stage for the lines of some sources.
pub(super) fn begin(names: &[String], writer: &mut Writer) {
    writer.begin("stage");
    let names: Vec<toml::Value> = names.iter().map(|name| name.as_str().into()).collect();
    writer.value("sources", &names.into());
}

/// Writes a stage, or notes why not.
pub(super) fn write(path: &str, names: &[String], stage: &Value, writer: &mut Writer) {
    let only = stage.as_object().filter(|stage| stage.len() == 1);
    let Some((kind, options)) = only.and_then(|stage| stage.iter().next()) else {
        return writer.omit(path, "a stage has one kind");
    };
    let path = format!("{path}.{kind}");
    let mut out = Stage { path: &path, names, options, writer };
    let written = match kind.as_str() {
        "json" => out.json(),
        "logfmt" => out.logfmt(),
        "timestamp" => out.timestamp(),
        "labels" => out.names("labels"),
        "structured_metadata" => out.names("structured_metadata"),
        "labeldrop" => out.list("labeldrop"),
        "labelallow" => out.list("labelkeep"),
        "static_labels" => out.static_labels(),
        "drop" => out.drop(),
        "sampling" => out.sampling(),
        "replace" => out.replace(),
        "template" => out.template(),
        "output" => out.output(),
        "docker" => out.container("docker"),
        "cri" => out.container("cri"),
        "regex" => {
            Err("no expression finds fields here: `parse` does, by the name of a format, by the \
             server's own format string, or by a delimiter"
                .to_owned())
        }
        _ => Err("there is no such stage here".to_owned()),
    };
    if let Err(reason) = written {
        writer.omit(&path, &reason);
    }
}

/// A stage on its way.
struct Stage<'a> {
    path: &'a str,
    names: &'a [String],
    options: &'a Value,
    writer: &'a mut Writer,
}

type Written = Result<(), String>;

impl Stage<'_> {
    fn value(&mut self, key: &str, value: &toml::Value) -> Written {
        begin(self.names, self.writer);
        self.writer.value(key, value);
        Ok(())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.options.get(name).and_then(text)
    }

    fn omit_others(&mut self, known: &[&str]) {
        self.writer.omit_others(self.path, self.options, known);
    }

    /// Returns the pairs of an object; what has no value stands for its own name.
    fn pairs(&self, object: &Value) -> Vec<(String, String)> {
        let pairs = object.as_object().into_iter().flatten();
        pairs.map(|(name, value)| (name.clone(), text(value).unwrap_or_default())).collect()
    }

    fn json(&mut self) -> Written {
        let mut expressions = Vec::new();
        for (name, expression) in self.pairs(&self.options["expressions"]) {
            let is_plain = |letter: char| letter.is_alphanumeric() || "_-@.".contains(letter);
            if expression.chars().all(is_plain) {
                expressions.push((name, expression));
            } else {
                let path = format!("{}.expressions.{name}", self.path);
                self.writer.omit(&path, "only names with '.' between them are read here");
            }
        }
        let mut own = vec![("expressions", table(expressions))];
        if let Some(source) = self.text("source") {
            own.push(("source", source.into()));
        }
        if self.options["drop_malformed"].as_bool() == Some(true) {
            own.push(("unmatched", "dead-letter".into()));
        }
        self.omit_others(&["expressions", "source", "drop_malformed"]);
        self.value("json", &table(own))
    }

    fn logfmt(&mut self) -> Written {
        let mut own = vec![("mapping", table(self.pairs(&self.options["mapping"])))];
        if let Some(source) = self.text("source") {
            own.push(("source", source.into()));
        }
        self.omit_others(&["mapping", "source"]);
        self.value("logfmt", &table(own))
    }

    fn timestamp(&mut self) -> Written {
        let source = self.text("source").ok_or("it has no source")?;
        let format = self.text("format").ok_or("it has no format")?;
        let own = go_times::translate(&format)
            .ok_or_else(|| format!("'{format}' has parts that strftime has not"))?;
        self.omit_others(&["source", "format"]);
        self.value("timestamp", &table([("source", source), ("format", own)]))
    }

    fn names(&mut self, kind: &str) -> Written {
        let pairs = self.pairs(self.options);
        self.value(kind, &table(pairs))
    }

    fn list(&mut self, kind: &str) -> Written {
        let names = self.options.as_array().into_iter().flatten().filter_map(text);
        let names: Vec<toml::Value> = names.map(toml::Value::from).collect();
        self.value(kind, &names.into())
    }

    /// Writes the value into a field first, and then takes it as a label.
    fn static_labels(&mut self) -> Written {
        for (name, value) in self.pairs(self.options) {
            let template = value.replace('{', "{{");
            self.value("template", &table([("target", name.clone()), ("template", template)]))?;
            self.value("labels", &table([(name, "")]))?;
        }
        Ok(())
    }

    fn drop(&mut self) -> Written {
        let mut own: Vec<(&str, toml::Value)> = Vec::new();
        if self.options["source"].is_array() {
            return Err("it looks at several fields at once".to_owned());
        }
        for name in ["source", "expression", "value"] {
            own.extend(self.text(name).map(|value| (name, value.into())));
        }
        if let Some(length) = self.text("longer_than") {
            let length = bytes(&length).ok_or_else(|| format!("'{length}' is no size"))?;
            own.push(("longer_than", length.into()));
        }
        self.omit_others(&["source", "expression", "value", "longer_than", "drop_counter_reason"]);
        if own.is_empty() {
            return Err("without the rest it would drop every line".to_owned());
        }
        self.value("drop", &table(own))
    }

    fn sampling(&mut self) -> Written {
        let rate = self.options["rate"].as_f64().ok_or("it has no rate")?;
        self.omit_others(&["rate"]);
        self.value("sample", &table([("rate", rate)]))
    }

    fn replace(&mut self) -> Written {
        let expression = self.text("expression").ok_or("it has no expression")?;
        let replace = self.text("replace").unwrap_or_default();
        let inner = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        // Promtail replaces groups: one that is the whole expression is all that is found.
        if inner.is_none_or(|inner| inner.contains(['(', ')'])) || replace.contains("{{") {
            return Err("only an expression that is one group is replaced in the same way".into());
        }
        let replace = replace.replace('$', "$$");
        let mut own = vec![("expression", expression), ("replace", replace)];
        own.extend(self.text("source").map(|source| ("source", source)));
        self.omit_others(&["expression", "replace", "source"]);
        self.value("replace", &table(own))
    }

    fn template(&mut self) -> Written {
        let source = self.text("source").ok_or("it has no source")?;
        let template = self.text("template").ok_or("it has no template")?;
        let own = translate_template(&template, &source)
            .ok_or("a template can only have {{ .Value }} and names of fields here")?;
        self.omit_others(&["source", "template"]);
        self.value("template", &table([("target", source), ("template", own)]))
    }

    fn output(&mut self) -> Written {
        let source = self.text("source").ok_or("it has no source")?;
        self.value("template", &table([("template", format!("{{{source}}}"))]))
    }

    /// Writes the stage of a container's runtime.
    fn container(&mut self, kind: &str) -> Written {
        let own = self.options["max_partial_line_size"].as_i64();
        let own = own.or_else(|| bytes(&self.text("max_partial_line_size")?));
        let own = own.filter(|size| *size > 0).map(|size| ("max_bytes", size));
        self.omit_others(&["max_partial_line_size"]);
        self.value(kind, &table(own))
    }
}

/// Translates `{{ .Value }} {{ .name }}`.
fn translate_template(template: &str, source: &str) -> Option<String> {
    let mut own = String::new();
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once("{{") {
        own.push_str(&before.replace('{', "{{"));
        let (inside, behind) = inside.split_once("}}")?;
        let name = inside.trim().strip_prefix('.')?;
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return None;
        }
        let name = match name {
            "Value" => source,
            "Entry" => "_line",
            name => name,
        };
        own.push_str(&format!("{{{name}}}"));
        rest = behind;
    }
    own.push_str(&rest.replace('{', "{{"));
    Some(own)
}

/// Reads a size such as `8kb`.
fn bytes(text: &str) -> Option<i64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let number: i64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1 << 10,
        "mb" | "m" => 1 << 20,
        _ => return None,
    };
    number.checked_mul(unit)
}
