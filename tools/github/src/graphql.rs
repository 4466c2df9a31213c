//! GraphQL: any query that the schema allows, validated and executed as the specification says (Q1).

mod connection;
mod mutation;
mod node;

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{FORBIDDEN, Reply};
use crate::limits::{Cost, Rate};
use crate::state::World;
use crate::token::Token;
use node::{Kind, Object};

const SOURCE: &str = include_str!("../schema/graphql-subset.graphql");

/// The schema of GraphQL.
pub(crate) struct GraphQl {
    schema: Valid<Schema>,
}

/// A query that is sound.
pub(crate) struct Prepared {
    document: Valid<ExecutableDocument>,
    name: Option<String>,
    variables: JsonMap,
    /// What it costs.
    pub cost: Cost,
}

/// What the resolvers share.
struct Context<'a> {
    world: RefCell<&'a mut World>,
    token: &'a Token,
    rate: Rate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    query: String,
    #[serde(default)]
    variables: Option<JsonMap>,
    #[serde(default, rename = "operationName")]
    name: Option<String>,
}

impl GraphQl {
    /// The one of this process.
    pub(crate) fn shared() -> Arc<GraphQl> {
        static SHARED: LazyLock<Arc<GraphQl>> = LazyLock::new(|| Arc::new(GraphQl::new()));
        Arc::clone(&SHARED)
    }

    /// Reads the copy in this crate.
    fn new() -> GraphQl {
        let schema = Schema::parse_and_validate(SOURCE, "graphql-subset.graphql");
        GraphQl { schema: schema.unwrap_or_else(|errors| panic!("the schema in this crate is sound: {errors}")) }
    }

    /// Parses and validates a request's body, or says why not, with status 200 (Q1).
    pub(crate) fn prepare(&self, body: &[u8]) -> Result<Prepared, Reply> {
        // G3, and G9 for keys beside the three that there are.
        let value: Value = serde_json::from_slice(body).map_err(|_| Reply::error(400, "Problems parsing JSON"))?;
        let body: Body = serde_json::from_value(value).map_err(|error| Reply::error(400, &error.to_string()))?;
        let document = ExecutableDocument::parse_and_validate(&self.schema, body.query, "query.graphql");
        let document = document.map_err(|with| {
            let errors: Vec<GraphQLError> = with.errors.iter().map(|error| error.to_json()).collect();
            Reply::json(200, json!({"errors": errors}))
        })?;
        let mutates = match document.operations.get(body.name.as_deref()) {
            Ok(operation) => operation.is_mutation(),
            Err(_) => return Err(failed("An operation name is required")),
        };
        Ok(Prepared {
            document,
            name: body.name,
            variables: body.variables.unwrap_or_default(),
            cost: if mutates { Cost::Mutation } else { Cost::Query },
        })
    }

    /// Executes a query.
    pub(crate) fn execute(&self, prepared: &Prepared, world: &mut World, token: &Token, rate: Rate) -> Reply {
        if token.login.is_none() {
            return Reply::error(401, "This endpoint requires you to be authenticated.");
        }
        let context = Context { world: RefCell::new(world), token, rate };
        let kind = if prepared.cost == Cost::Mutation { Kind::Mutation } else { Kind::Query };
        let root = Object { context: &context, kind };
        let execution = Execution::new(&self.schema, &prepared.document).raw_variable_values(&prepared.variables);
        let response = execution.operation_name(prepared.name.as_deref()).and_then(|it| it.execute_sync(&root));
        match response {
            Err(error) => failed(&error.message().to_string()),
            Ok(response) => {
                let mut body = json!({"data": response.data});
                let errors: Vec<Value> = response.errors.iter().map(typed).collect();
                if !errors.is_empty() {
                    body["errors"] = Value::Array(errors);
                }
                Reply::json(200, body)
            }
        }
    }
}

fn failed(message: &str) -> Reply {
    Reply::json(200, json!({"errors": [{"message": message}]}))
}

/// GitHub gives an error a `type`; the resolvers write it before the message.
fn typed(error: &GraphQLError) -> Value {
    let mut value = json!(error);
    let message = error.message.strip_prefix("resolver error: ").unwrap_or(&error.message);
    if let Some((kind, message)) = message.split_once(": ")
        && kind.chars().all(|character| character.is_ascii_uppercase() || character == '_')
    {
        value["type"] = json!(kind);
        value["message"] = json!(message);
    }
    value
}

/// P5, P6: what a missing permission is answered with.
fn forbidden() -> apollo_compiler::resolvers::FieldError {
    apollo_compiler::resolvers::FieldError { message: format!("FORBIDDEN: {FORBIDDEN}") }
}

/// An error with GitHub's type.
fn error(kind: &str, message: &str) -> apollo_compiler::resolvers::FieldError {
    apollo_compiler::resolvers::FieldError { message: format!("{kind}: {message}") }
}
