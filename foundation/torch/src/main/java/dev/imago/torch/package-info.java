/// The operations on libtorch, with gradients: what trains.
///
/// In: a layout of weights, batches of ids. Out: losses, changed weights. The only module that sees
/// libtorch's types, and none of them is public here. Knows no model, no schedule and no file. Read
/// [Layout], then [Replicas].
@NullMarked
package dev.imago.torch;

import org.jspecify.annotations.NullMarked;
