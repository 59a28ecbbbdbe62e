/// Which items to label next.
module dev.imago.active {
  requires static transitive org.jspecify;

  exports dev.imago.active;
}
