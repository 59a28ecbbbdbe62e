/// What text comes in: compressed files, web archives, dumps and documents.
module dev.imago.sources {
  requires com.github.luben.zstd_jni;
  requires dec;
  requires dev.hardwood.core;
  requires java.desktop;
  requires java.xml;
  requires org.apache.pdfbox;
  requires static transitive org.jspecify;
  requires org.tukaani.xz;
  requires tools.jackson.databind;

  exports dev.imago.sources;
}
