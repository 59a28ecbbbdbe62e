/// HTTP out: to the address that was checked and to no other.
module dev.imago.fetch {
  requires dev.imago.core;
  requires java.xml;
  requires static transitive org.jspecify;

  exports dev.imago.fetch;
}
