@NullMarked
package dev.imago.prepare;

import org.jspecify.annotations.NullMarked;
