//! Who may do what: everybody wants everything, in every kind of room and by every way, and what comes of it is held
//! against one table that was written by hand (`matrix/expected.txt`).
//!
//! For each cell of it: what is refused is refused in the words of the table, whichever way it was asked for, leaves nothing
//! behind and is heard by nobody; what is not refused is seen by somebody who may see it.

/// Asking by each way.
mod ask;
/// One cell.
mod cell;
/// Rooms and people.
mod scene;
/// What is expected.
mod table;

use std::collections::BTreeMap;

use futures::future::join_all;
use scene::{Scene, World};
use table::{Cell, Outcome, Place, Role, Table, Wish};

/// Every state of a room has a server of its own, so that they do not wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_what_the_table_says_and_nothing_else() {
    let table: &'static Table = Box::leak(Box::new(Table::read(include_str!("matrix/expected.txt"))));
    assert_eq!(table.missing(), []);
    let places = Place::ALL.iter().map(|place| tokio::spawn(run_place(table, *place)));
    let runs: Vec<Run> = join_all(places).await.into_iter().map(|run| run.expect("it ran to its end")).collect();
    let run = runs.into_iter().fold(Run::default(), Run::and);
    println!("Matrix: {run}");
    assert!(run.wrong.is_empty(), "{} wrong:\n{}", run.wrong.len(), run.wrong.join("\n"));
    assert_eq!(run.cells() + run.meaningless, table.product(), "every cell was run");
}

/// What came of some cells.
#[derive(Default)]
struct Run {
    outcomes: BTreeMap<Outcome, usize>,
    meaningless: usize,
    wrong: Vec<String>,
}

impl Run {
    fn cells(&self) -> usize {
        self.outcomes.values().sum::<usize>() + self.wrong.len()
    }

    fn and(mut self, other: Self) -> Self {
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.meaningless += other.meaningless;
        self.wrong.extend(other.wrong);
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cells run, {} wrong", self.cells(), self.wrong.len())?;
        let outcomes = self.outcomes.iter().map(|(outcome, count)| format!("{} {count}", outcome.word()));
        write!(f, "; {}; {} make no sense", outcomes.collect::<Vec<_>>().join(", "), self.meaningless)
    }
}

async fn run_place(table: &Table, place: Place) -> Run {
    let (world, mut run) = (World::new().await, Run::default());
    for role in Role::ALL {
        // Until something has become of it, one scene does for all.
        let mut scene = None;
        for cell in table.cells(place, *role) {
            match table.expects(cell) {
                Outcome::Meaningless => run.meaningless += 1,
                expected => run_cell(&world, &mut scene, cell, expected, &mut run).await,
            }
        }
    }
    run
}

async fn run_cell(world: &World, scene: &mut Option<Scene>, cell: Cell, expected: Outcome, run: &mut Run) {
    let (role, wish, place, way) = cell;
    let mut set = match scene.take().filter(|_| !needs_its_own(wish)) {
        Some(scene) => scene,
        None => world.set(role, place, wish).await,
    };
    let result = cell::run(world, &mut set, cell).await;
    match result {
        Ok(outcome) if outcome == expected => *run.outcomes.entry(outcome).or_default() += 1,
        result => {
            let came = result.map_or_else(|why| why, |outcome| outcome.word().to_owned());
            let asked = [role.word(), wish.word(), place.word(), way.word()].join(" ");
            run.wrong.push(format!("{asked}: {} is expected, but {came}", expected.word()));
            return;
        }
    }
    let is_as_before = (expected != Outcome::Ok || only_looks(wish)) && wish != Wish::Typing && !needs_its_own(wish);
    *scene = is_as_before.then_some(set);
}

/// Something has to be there that would be in the way of others.
fn needs_its_own(wish: Wish) -> bool {
    matches!(wish, Wish::Redeem | Wish::Queue | Wish::Settle | Wish::TakeAway | Wish::TakeAwayAdmins | Wish::Search)
}

fn only_looks(wish: Wish) -> bool {
    use Wish::*;
    matches!(
        wish,
        Read | Permalink
            | Show
            | Members
            | List
            | Directory
            | Bans
            | Me
            | Mentions
            | Blocks
            | People
            | Sessions
            | Tokens
            | Invites
            | Settings
            | Audit
    )
}
