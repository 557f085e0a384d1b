//! From a table to tests.

use crate::Running;

/// One combination of what can be combined.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// As on the command line.
    pub model: &'static str,
    /// As on the command line.
    pub service: &'static str,
}

impl Cell {
    /// A server of this cell, with these options besides.
    #[track_caller]
    #[must_use]
    pub fn start(self, options: &str) -> Running {
        Running::start(&format!("{} --model {} {options}", self.service, self.model))
    }
}

/// Makes a test of every behaviour for every cell, named `model::service::behaviour`.
///
/// A behaviour is a `fn(Cell)` in the module `behaviour` beside the table.
/// What a model can do decides which lists of a service apply to it:
///
/// - `sequential`: one client at a time;
/// - `concurrent`: many at a time, as many as there are workers at least;
/// - `roomy`: many at a time, and somebody is free to refuse more;
/// - `multiplexed`: all that, on one thread.
///
/// A `pooled` model is concurrent and no more; a `concurrent` one is roomy too.
#[macro_export]
macro_rules! cells {
    (models { $($model:ident: $kind:ident)* } services $services:tt) => {
        /// The models of the table.
        const MODELS: &[&str] = &[$(stringify!($model)),*];

        $(
            mod $model {
                $crate::cells! { @services $model $kind $services }
            }
        )*
    };
    (@services $model:ident $kind:ident { $($service:ident $lists:tt)* }) => {
        $(
            mod $service {
                const CELL: $crate::Cell =
                    $crate::Cell { model: stringify!($model), service: stringify!($service) };
                $crate::cells! { @behaviours $kind $lists }
            }
        )*
    };
    (@behaviours $kind:ident {
        all { $($all:ident)* }
        sequential { $($sequential:ident)* }
        concurrent { $($concurrent:ident)* }
        roomy { $($roomy:ident)* }
        multiplexed { $($multiplexed:ident)* }
    }) => {
        $crate::cells! { @tests $($all)* }
        $crate::cells! {
            @$kind [$($sequential)*] [$($concurrent)*] [$($roomy)*] [$($multiplexed)*]
        }
    };
    (@sequential [$($one:ident)*] $many:tt $roomy:tt $multiplexed:tt) => {
        $crate::cells! { @tests $($one)* }
    };
    (@pooled $one:tt [$($many:ident)*] $roomy:tt $multiplexed:tt) => {
        $crate::cells! { @tests $($many)* }
    };
    (@concurrent $one:tt [$($many:ident)*] [$($roomy:ident)*] $multiplexed:tt) => {
        $crate::cells! { @tests $($many)* $($roomy)* }
    };
    (@multiplexed $one:tt [$($many:ident)*] [$($roomy:ident)*] [$($multiplexed:ident)*]) => {
        $crate::cells! { @tests $($many)* $($roomy)* $($multiplexed)* }
    };
    (@tests $($behaviour:ident)*) => {
        $(
            #[test]
            fn $behaviour() {
                super::super::behaviour::$behaviour(CELL);
            }
        )*
    };
}
