/// Models of random weights, for the tests of what runs a model.
///
/// In: a folder, a shape, a seed. Out: the files of a Hugging Face folder. Only `test` scope may
/// name this module, so nothing here is ever shipped.
@NullMarked
package dev.imago.modelfixtures;

import org.jspecify.annotations.NullMarked;
