@NullMarked
package dev.imago.generate;

import org.jspecify.annotations.NullMarked;
