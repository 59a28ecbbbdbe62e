@NullMarked
package dev.imago.evaluate;

import org.jspecify.annotations.NullMarked;
