@NullMarked
package dev.imago.cli;

import org.jspecify.annotations.NullMarked;
