@NullMarked
package dev.imago.annotate;

import org.jspecify.annotations.NullMarked;
