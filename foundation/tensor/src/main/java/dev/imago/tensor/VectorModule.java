package dev.imago.tensor;

/// The check that the JVM was started with the Vector API, which is an incubator module.
final class VectorModule {
  private VectorModule() {}

  static void require() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new IllegalStateException(
          "the CPU kernels need the Vector API, and this JVM was started without it: start java"
              + " with --add-modules jdk.incubator.vector");
    }
  }
}
