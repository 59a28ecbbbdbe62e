/// What a model is taught and asked: the noun that `annotate`, `tune`, `evaluate` and `serve`
/// share.
///
/// A [Task][dev.imago.tasks.Task] tells how an example becomes ids and targets, what the model's
/// last layer tells, how its scores become a prediction, and what is measured. Each is one folder
/// below this package; [Tasks][dev.imago.tasks.Tasks] finds the one of some labels by their
/// `task.json`. To add one, copy `classification`, and add a line to `Tasks`.
///
/// Knows no training, no server and no stage: gradients, requests and runs are others' business.
@NullMarked
package dev.imago.tasks;

import org.jspecify.annotations.NullMarked;
