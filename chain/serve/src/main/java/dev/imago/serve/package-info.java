@NullMarked
package dev.imago.serve;

import org.jspecify.annotations.NullMarked;
