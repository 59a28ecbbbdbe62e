package dev.imago.cli;

import dev.imago.tensor.Operations.Pooling;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.Optional;

/// The pooling that a class of an encoder's jar names: langchain4j's encoders hand
/// `PoolingMode.CLS` or `PoolingMode.MEAN` to what runs their graph, and say it nowhere else.
final class PoolingInClass {
  private PoolingInClass() {}

  /// Looks into a class's constants; empty where it names none, or is no class.
  static Optional<Pooling> of(byte[] bytes) {
    try {
      for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
        if (entry instanceof FieldRefEntry field
            && field.owner().asInternalName().endsWith("/PoolingMode")) {
          switch (field.name().stringValue()) {
            case "CLS" -> {
              return Optional.of(Pooling.FIRST);
            }
            case "MEAN" -> {
              return Optional.of(Pooling.MEAN);
            }
            default -> {
              // $VALUES and the like, of the enumeration itself.
            }
          }
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
