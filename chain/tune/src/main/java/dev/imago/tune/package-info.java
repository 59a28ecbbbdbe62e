@NullMarked
package dev.imago.tune;

import org.jspecify.annotations.NullMarked;
