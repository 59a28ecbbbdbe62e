@NullMarked
package dev.imago.collect;

import org.jspecify.annotations.NullMarked;
