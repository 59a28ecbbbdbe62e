/// The operations that models are written against, on the CPU; safetensors and GGUF.
module dev.imago.tensor {
  requires jdk.incubator.vector;
  requires static transitive org.jspecify;
  requires transitive tools.jackson.core;
  requires transitive tools.jackson.databind;

  exports dev.imago.tensor;
}
