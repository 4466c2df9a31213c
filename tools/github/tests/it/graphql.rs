//! Q1–Q3, P5, P6: GraphQL, executed in general.

use pychain_github_double::{Action, Token};
use serde_json::{Value, json};

use crate::client::{Github, scenario};

const THREADS: &str = "
    query Threads($owner: String!, $name: String!, $number: Int!, $after: String, $size: Int = 100, $more: Boolean = false) {
      me: viewer { login }
      repository(owner: $owner, name: $name) {
        pullRequest(number: $number) {
          headRefOid
          reviewThreads(first: $size, after: $after) {
            totalCount
            pageInfo { hasNextPage endCursor }
            nodes { ...Thread }
          }
        }
      }
      rateLimit @include(if: $more) { limit }
    }
    fragment Thread on PullRequestReviewThread {
      id path line isOutdated isResolved viewerCanResolve
      comments(first: 50) {
        nodes { id databaseId fullDatabaseId body viewerDidAuthor isMinimized minimizedReason
                author { __typename login ... on Bot { id } } }
      }
    }";

fn variables(fields: &Value) -> Value {
    let mut variables = json!({"owner": "octo-org", "name": "example", "number": 7});
    for (key, value) in fields.as_object().unwrap() {
        variables[key] = value.clone();
    }
    variables
}

fn threads(github: &Github, fields: &Value) -> Value {
    let answer = github.query(THREADS, &variables(fields));
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"].clone()
}

#[test]
fn q1_aliases_fragments_variables_and_directives() {
    let github = Github::start(scenario());
    github.review_line(5, "ours");
    github.double.act(Action::ReviewComment {
        author: "mallory".into(),
        path: "requirements.txt".into(),
        line: 4,
        body: "m".into(),
    });
    let data = threads(&github, &json!({"more": true}));
    assert_eq!((&data["me"]["login"], &data["rateLimit"]["limit"]), (&json!("github-actions[bot]"), &json!(1000)));
    let nodes = &data["repository"]["pullRequest"]["reviewThreads"]["nodes"];
    let ours = &nodes[0]["comments"]["nodes"][0];
    assert_eq!(ours["viewerDidAuthor"], true);
    assert_eq!(nodes[1]["comments"]["nodes"][0]["viewerDidAuthor"], false);
    assert_eq!((&ours["author"]["login"], &ours["author"]["__typename"]), (&json!("github-actions"), &json!("Bot")));
    assert!(ours["databaseId"].is_null(), "ids are beyond 32 bits");
    assert_eq!(ours["fullDatabaseId"], github.double.comments()[0].to_string());
    assert_eq!(
        (&nodes[0]["line"], &nodes[0]["isOutdated"], &nodes[0]["viewerCanResolve"]),
        (&json!(5), &json!(false), &json!(false))
    );
    github.double.push("requirements.txt", "a\n");
    let data = threads(&github, &json!({}));
    assert_eq!(data["repository"]["pullRequest"]["reviewThreads"]["nodes"][0]["isOutdated"], true);
    assert_eq!(data.get("rateLimit"), None);
}

#[test]
fn q1_connections_are_paged() {
    let github = Github::start(scenario());
    for line in [2, 3, 4, 5, 6] {
        github.review_line(line, "x");
    }
    let (mut after, mut lines) = (Value::Null, Vec::new());
    loop {
        let data = threads(&github, &json!({"size": 2, "after": after}));
        let page = &data["repository"]["pullRequest"]["reviewThreads"];
        assert_eq!(page["totalCount"], 5);
        lines.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["line"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(lines, [2, 3, 4, 5, 6]);
    let last = "{repository(owner:\"octo-org\",name:\"example\"){pullRequest(number:7){reviews(last:1,states:[COMMENTED]){nodes{state} pageInfo{hasPreviousPage}}}}}";
    let answer = github.query(last, &json!({}));
    let reviews = &answer["data"]["repository"]["pullRequest"]["reviews"];
    assert_eq!(
        (reviews["nodes"].as_array().unwrap().len(), &reviews["pageInfo"]["hasPreviousPage"]),
        (1, &json!(true))
    );
}

#[test]
fn q1_errors_come_with_200_and_part_of_the_data() {
    let github = Github::start(scenario());
    let answer = github.query("{viewer{login} repository(owner:\"o\",name:\"none\"){id}}", &json!({}));
    assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
    assert_eq!(answer["errors"][0]["path"], json!(["repository"]));
    assert_eq!(
        (&answer["data"]["viewer"]["login"], &answer["data"]["repository"]),
        (&json!("github-actions[bot]"), &Value::Null)
    );
    let missing = "{repository(owner:\"octo-org\",name:\"example\"){pullRequest(number:7){comments{totalCount}}}}";
    assert_eq!(github.query(missing, &json!({}))["errors"][0]["type"], "MISSING_PAGINATION_BOUNDARIES");
}

#[test]
fn q1_a_query_that_does_not_fit_the_schema_is_refused_and_a_fault() {
    let github = Github::start(scenario());
    let double = &github.double;
    let answer = github.query("{viewer{name}}", &json!({}));
    assert!(answer["errors"].to_string().contains("does not have a field `name`"), "{answer}");
    assert_eq!((answer.get("data"), double.faults().len()), (None, 1));
    let answer = github.query(
        "query($n: Int!) { repository(owner: \"o\", name: \"n\") { pullRequest(number: $n) { id } } }",
        &json!({"n": "x"}),
    );
    assert!(answer["errors"].is_array());
    assert_eq!(double.faults().len(), 2);
    double.forget_faults();
}

#[test]
fn q3_connections_give_at_most_100() {
    let mut start = scenario();
    let github = Github::start(start.clone());
    let answer = github.query(THREADS, &variables(&json!({"size": 101})));
    assert_eq!(answer["errors"][0]["type"], "EXCESSIVE_PAGINATION");
    start.believed.connection_cap = false;
    threads(&Github::start(start), &json!({"size": 101}));
}

#[test]
fn p5_resolving_needs_to_write_contents() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let thread =
        |github: &Github| threads(github, &json!({}))["repository"]["pullRequest"]["reviewThreads"]["nodes"][0].clone();
    let mutation = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved resolvedBy { login } } } }";
    let id = json!({"id": thread(&github)["id"]});
    let answer = github.query(mutation, &id);
    assert_eq!(answer["data"], json!({"resolveReviewThread": null}));
    assert_eq!(
        (&answer["errors"][0]["type"], &answer["errors"][0]["message"]),
        (&json!("FORBIDDEN"), &json!("Resource not accessible by integration"))
    );
    github.double.act(Action::Token(Token::app()));
    assert_eq!(thread(&github)["viewerCanResolve"], true);
    assert_eq!(github.query(mutation, &id)["data"]["resolveReviewThread"]["thread"]["isResolved"], true);
    assert_eq!((&thread(&github)["viewerCanResolve"], &thread(&github)["isResolved"]), (&json!(false), &json!(true)));
}

#[test]
fn p6_one_s_own_comments_can_be_hidden() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let others = github.double.act(Action::Comment { author: "mallory".into(), body: "m".into() }).unwrap();
    let mutation = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized minimizedReason } } }";
    let own = json!({"id": format!("PRRC_{}", github.double.comments()[0])});
    github.double.act(Action::Token(Token::read()));
    assert_eq!(github.query(mutation, &own)["errors"][0]["type"], "FORBIDDEN");
    github.double.act(Action::Token(Token::write()));
    let hidden = github.query(mutation, &own)["data"]["minimizeComment"]["minimizedComment"].clone();
    assert_eq!(hidden, json!({"isMinimized": true, "minimizedReason": "outdated"}));
    let answer = github.query(mutation, &json!({"id": format!("IC_{others}")}));
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
    assert!(github.double.view().contains("[minimized as outdated]"));
    assert_eq!(github.double.log().iter().filter(|entry| entry.writes).count(), 4);
}

#[test]
fn comments_can_be_edited_and_deleted() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let id = json!({"id": format!("PRRC_{}", github.double.comments()[0])});
    let edit = "mutation($id: ID!) { updatePullRequestReviewComment(input: {pullRequestReviewCommentId: $id, body: \"y\", clientMutationId: \"c\"}) { clientMutationId pullRequestReviewComment { body } } }";
    let answer = github.query(edit, &id)["data"]["updatePullRequestReviewComment"].clone();
    assert_eq!(answer, json!({"clientMutationId": "c", "pullRequestReviewComment": {"body": "y"}}));
    github.query("mutation($id: ID!) { deletePullRequestReviewComment(input: {id: $id}) { clientMutationId } }", &id);
    assert!(github.double.comments().is_empty());
    assert_eq!(github.query("query($id: ID!) { node(id: $id) { __typename } }", &id)["errors"][0]["type"], "NOT_FOUND");
}
