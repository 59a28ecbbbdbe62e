@NullMarked
package dev.imago.text;

import org.jspecify.annotations.NullMarked;
