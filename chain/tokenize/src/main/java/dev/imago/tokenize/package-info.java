@NullMarked
package dev.imago.tokenize;

import org.jspecify.annotations.NullMarked;
