//! Conditions of a statement that are asked of the bytes of a line, before any column is built.
//!
//! Those that are, are right by themselves, and the engine does not ask them again: a row meets
//! them if, and only if, it meets the expression. All others are left to the engine.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, internal_datafusion_err};
use datafusion::error::Result;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{
    BinaryExpr, CastExpr, Column, InListExpr, LikeExpr, Literal,
};
use delimark_pipeline::{ColumnKind, Comparison, Condition, RowFilter, TableColumn, TableSchema};
use delimark_pipeline::{Test, TextTest};

/// Returns the filter that expressions come to; nothing where there are none.
///
/// # Errors
///
/// There is no [clause] for one of them: nobody else would ask it.
pub(crate) fn filter(
    expressions: &[Arc<dyn PhysicalExpr>],
    schema: &TableSchema,
) -> Result<Option<RowFilter>> {
    let mut filter = RowFilter::default();
    for expression in expressions {
        let clause = clause(expression, schema)
            .ok_or_else(|| internal_datafusion_err!("no bytes tell of {expression}"))?;
        filter = filter.with_any_of(clause);
    }
    Ok((!expressions.is_empty()).then_some(filter))
}

/// Returns the conditions of which a row meets one if it meets an expression, and none if it does
/// not; nothing where bytes do not tell.
pub(crate) fn clause(
    expression: &Arc<dyn PhysicalExpr>,
    schema: &TableSchema,
) -> Option<Vec<Condition>> {
    if let Some(binary) = expression.downcast_ref::<BinaryExpr>() {
        if *binary.op() == Operator::Or {
            let mut either = clause(binary.left(), schema)?;
            either.extend(clause(binary.right(), schema)?);
            return Some(either);
        }
        return Some(vec![comparison(binary, schema)?]);
    }
    if let Some(list) = expression.downcast_ref::<InListExpr>() {
        if list.negated() {
            return None;
        }
        let condition = |value: &Arc<dyn PhysicalExpr>| {
            compared(list.expr(), Comparison::Equal, literal(value)?, schema)
        };
        return list.list().iter().map(condition).collect();
    }
    let like = expression.downcast_ref::<LikeExpr>()?;
    Some(vec![matches(like, schema)?])
}

fn comparison(binary: &BinaryExpr, schema: &TableSchema) -> Option<Condition> {
    let operator = comparison_of(*binary.op())?;
    match (literal(binary.left()), literal(binary.right())) {
        (None, Some(other)) => compared(binary.left(), operator, other, schema),
        (Some(other), None) => compared(binary.right(), turned(operator), other, schema),
        _ => None,
    }
}

fn compared(
    value: &Arc<dyn PhysicalExpr>,
    comparison: Comparison,
    other: &ScalarValue,
    schema: &TableSchema,
) -> Option<Condition> {
    // A decimal beside a number with a fraction is compared as a binary number.
    if let Some(cast) = value.downcast_ref::<CastExpr>() {
        let column = column(cast.expr(), schema)?;
        let ScalarValue::Float64(Some(other)) = other else {
            return None;
        };
        let is_decimal = matches!(column.kind, ColumnKind::Decimal { .. });
        let is_float = *cast.cast_type() == DataType::Float64;
        return (is_decimal && is_float)
            .then(|| Condition::new(column, Test::Float(comparison, *other)))?;
    }
    let column = column(value, schema)?;
    if let Some(text) = text(other) {
        let test = Test::Text(TextTest::Compares(comparison), text.as_bytes().to_vec());
        return Condition::new(column, test);
    }
    Condition::new(column, Test::Number(comparison, number(column.kind, other)?))
}

/// Returns the condition that a pattern is, if it is one of a start, an end or a middle.
fn matches(like: &LikeExpr, schema: &TableSchema) -> Option<Condition> {
    if like.negated() || like.case_insensitive() {
        return None;
    }
    let column = column(like.expr(), schema)?;
    let pattern = text(literal(like.pattern())?)?;
    let inner = pattern.trim_matches('%');
    if inner.contains(['%', '_', '\\']) || inner.is_empty() {
        return None;
    }
    let test = match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (false, false) => TextTest::Compares(Comparison::Equal),
        (false, true) => TextTest::StartsWith,
        (true, false) => TextTest::EndsWith,
        (true, true) => TextTest::Contains,
    };
    Condition::new(column, Test::Text(test, inner.as_bytes().to_vec()))
}

/// Returns the column that an expression is. One that is a part of the path is none.
fn column<'s>(
    expression: &Arc<dyn PhysicalExpr>,
    schema: &'s TableSchema,
) -> Option<&'s TableColumn> {
    schema.columns().get(expression.downcast_ref::<Column>()?.index())
}

fn literal(expression: &Arc<dyn PhysicalExpr>) -> Option<&ScalarValue> {
    expression.downcast_ref::<Literal>().map(Literal::value)
}

fn text(value: &ScalarValue) -> Option<&str> {
    match value {
        ScalarValue::Utf8(text) | ScalarValue::LargeUtf8(text) | ScalarValue::Utf8View(text) => {
            text.as_deref()
        }
        _ => None,
    }
}

/// Returns the number that a value of the column's own type is compared as.
fn number(kind: ColumnKind, value: &ScalarValue) -> Option<i128> {
    match (kind, value) {
        (ColumnKind::Integer, ScalarValue::Int64(number))
        | (ColumnKind::Timestamp { .. }, ScalarValue::TimestampMicrosecond(number, _)) => {
            number.map(i128::from)
        }
        (ColumnKind::Unsigned, ScalarValue::UInt64(number)) => number.map(i128::from),
        (ColumnKind::Decimal { scale }, ScalarValue::Decimal128(number, _, other)) => {
            number.filter(|_| i16::from(*other) == i16::from(scale))
        }
        (ColumnKind::Date, ScalarValue::Date32(number)) => number.map(i128::from),
        _ => None,
    }
}

fn comparison_of(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Eq => Comparison::Equal,
        Operator::NotEq => Comparison::NotEqual,
        Operator::Lt => Comparison::Less,
        Operator::LtEq => Comparison::LessOrEqual,
        Operator::Gt => Comparison::Greater,
        Operator::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// Returns the comparison with the other side first.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}
