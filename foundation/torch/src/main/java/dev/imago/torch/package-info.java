@NullMarked
package dev.imago.torch;

import org.jspecify.annotations.NullMarked;
