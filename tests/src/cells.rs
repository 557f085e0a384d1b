//! From a table to tests.

use antiphon_server::Transport;

use crate::{Running, Speech};

/// One combination of what can be combined.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// The model and what belongs to it, as on the command line.
    pub model: &'static str,
    /// The service.
    pub speech: Speech,
    /// What it listens for.
    pub transport: Transport,
}

impl Cell {
    /// A server of this cell, with these options besides.
    #[track_caller]
    #[must_use]
    pub fn start(self, options: &str) -> Running {
        self.start_at("127.0.0.1", options)
    }

    /// As [`Cell::start`], at another address than the usual one.
    #[track_caller]
    #[must_use]
    pub fn start_at(self, host: &str, options: &str) -> Running {
        self.start_with(host, &options.split_whitespace().collect::<Vec<_>>())
    }

    /// As [`Cell::start_at`], for options with spaces in them.
    #[track_caller]
    #[must_use]
    pub fn start_with(self, host: &str, options: &[&str]) -> Running {
        let transport = self.transport.to_string();
        let mut words = self.speech.words().to_vec();
        words.extend([host, "0", "--transport", &transport, "--model"]);
        words.extend(self.model.split_whitespace());
        words.extend(options);
        Running::start_words(self.speech, &words)
    }
}

/// Makes a test of every behaviour for every cell, named `model::service::transport::behaviour`.
///
/// A behaviour is a `fn(Cell)` in the module `behaviour` beside the table. Behaviours that belong
/// together are a list; a service names the lists that it is held to over each transport. Within
/// a list, what a model can do decides what applies to it:
///
/// - `sequential`: one client at a time;
/// - `concurrent`: many at a time, as many as there are workers at least;
/// - `undivided`: as many as there are places, for nobody keeps some to itself;
/// - `roomy`: many at a time, and somebody is free to refuse more;
/// - `multiplexed`: many on one thread.
///
/// A `pooled` model is concurrent and undivided; a `concurrent` one is roomy too, and a
/// `multiplexed` one is all that; a `sharded` one is all but undivided.
#[allow(clippy::crate_in_macro_def, reason = "the behaviours stand beside the table")]
#[macro_export]
macro_rules! cells {
    (
        lists { $($list:ident $behaviours:tt)* }
        models { $($model:ident: $kind:ident $transports:tt = $words:literal;)* }
        services $services:tt
    ) => {
        $($crate::cells! { @list $list $behaviours })*

        /// The models of the table as on the command line, and over what they serve.
        const MODELS: &[(&str, &str)] = &[$(($words, stringify!($transports))),*];

        $(
            mod $model {
                $crate::cells! { @services [$kind $words] $transports $services }
            }
        )*
    };

    // A list becomes a macro with the kind of a model as its argument.
    (@list $list:ident [$($all:ident)*]) => {
        $crate::cells! { @list $list {
            all { $($all)* } sequential {} concurrent {} undivided {} roomy {} multiplexed {}
        } }
    };
    (@list $list:ident {
        all { $($all:ident)* }
        sequential { $($sequential:ident)* }
        concurrent { $($concurrent:ident)* }
        undivided { $($undivided:ident)* }
        roomy { $($roomy:ident)* }
        multiplexed { $($multiplexed:ident)* }
    }) => {
        macro_rules! $list {
            (sequential) => { $crate::cells! { @tests $($all)* $($sequential)* } };
            (pooled) => { $crate::cells! { @tests $($all)* $($concurrent)* $($undivided)* } };
            (concurrent) => {
                $crate::cells! { @tests $($all)* $($concurrent)* $($undivided)* $($roomy)* }
            };
            (multiplexed) => {
                $crate::cells! {
                    @tests $($all)* $($concurrent)* $($undivided)* $($roomy)* $($multiplexed)*
                }
            };
            (sharded) => {
                $crate::cells! { @tests $($all)* $($concurrent)* $($roomy)* $($multiplexed)* }
            };
        }
    };

    (@services $model:tt $transports:tt { $($service:ident: $speech:ident $lists:tt)* }) => {
        $(
            mod $service {
                $crate::cells! { @transports $model $speech $transports $lists }
            }
        )*
    };

    (@transports $model:tt $speech:ident (tcp) {
        tcp $tcp:tt udp $udp:tt both $both:tt
    }) => {
        mod tcp { $crate::cells! { @cell $model $speech Tcp $tcp } }
    };
    (@transports $model:tt $speech:ident (tcp udp) {
        tcp $tcp:tt udp $udp:tt both $both:tt
    }) => {
        mod tcp { $crate::cells! { @cell $model $speech Tcp $tcp } }
        mod udp { $crate::cells! { @cell $model $speech Udp $udp } }
    };
    (@transports $model:tt $speech:ident (tcp udp both) {
        tcp $tcp:tt udp $udp:tt both $both:tt
    }) => {
        mod tcp { $crate::cells! { @cell $model $speech Tcp $tcp } }
        mod udp { $crate::cells! { @cell $model $speech Udp $udp } }
        mod both { $crate::cells! { @cell $model $speech Both $both } }
    };

    (@cell [$kind:ident $words:literal] $speech:ident $transport:ident { $($list:ident)* }) => {
        const CELL: $crate::Cell = $crate::Cell {
            model: $words,
            speech: $crate::Speech::$speech,
            transport: $crate::Transport::$transport,
        };
        $($list! { $kind })*
    };

    (@tests $($behaviour:ident)*) => {
        $(
            #[test]
            fn $behaviour() {
                crate::behaviour::$behaviour(CELL);
            }
        )*
    };
}
