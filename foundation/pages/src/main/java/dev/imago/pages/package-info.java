/// The main text of a page of HTML: the page is cut into blocks, what is known of each block and of
/// its neighbours are numbers, and two ensembles of trees tell from them how likely it is content.
@NullMarked
package dev.imago.pages;

import org.jspecify.annotations.NullMarked;
