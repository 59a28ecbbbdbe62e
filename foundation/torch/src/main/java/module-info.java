/// The operations on libtorch, with gradients. Nobody else sees libtorch.
module dev.imago.torch {
  requires org.bytedeco.javacpp;
  requires org.bytedeco.pytorch;
  requires static transitive org.jspecify;
  requires transitive dev.imago.tensor;

  exports dev.imago.torch;
}
