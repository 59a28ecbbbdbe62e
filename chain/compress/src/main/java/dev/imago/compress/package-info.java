@NullMarked
package dev.imago.compress;

import org.jspecify.annotations.NullMarked;
