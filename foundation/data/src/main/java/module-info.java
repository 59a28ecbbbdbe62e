/// The files that links exchange.
module dev.imago.data {
  requires com.github.luben.zstd_jni;
  requires transitive dev.imago.core;
  requires static transitive org.jspecify;

  exports dev.imago.data;

  // Jackson binds records that are not public.
  opens dev.imago.data to
      tools.jackson.databind;
}
