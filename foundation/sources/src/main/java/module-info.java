/// What text comes in: compressed files, web archives, dumps and documents.
module dev.imago.sources {
  requires com.github.luben.zstd_jni;
  requires dec;
  requires java.xml;
  requires static transitive org.jspecify;
  requires org.tukaani.xz;

  exports dev.imago.sources;
}
