@NullMarked
package dev.imago.training;

import org.jspecify.annotations.NullMarked;
