package dev.imago.torch;

import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Frozen matrices in blocks: Q8_0 takes 34 bytes for 32 numbers, Q4_0 18. Owns native memory,
/// shared by all replicas.
final class HeldWeights implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final List<@Nullable MemorySegment> blocks = new ArrayList<>();

  HeldWeights(Layout layout) {
    for (Slot slot : layout.slots()) {
      DataType type = slot.held();
      blocks.add(
          type == null ? null : arena.allocate(type.bytes(slot.height(), slot.columns()), 64));
    }
  }

  /// Bytes of all.
  long bytes() {
    return blocks.stream().mapToLong(b -> b == null ? 0 : b.byteSize()).sum();
  }

  private MemorySegment part(Slot slot, DataType type, int part) {
    MemorySegment all = blocks.get(slot.index());
    if (all == null) {
      throw new IllegalArgumentException(slot.names() + " lie as floats");
    }
    long before = slot.rows().subList(0, part).stream().mapToLong(Integer::longValue).sum();
    return all.asSlice(
        type.bytes(before, slot.columns()), type.bytes(slot.rows().get(part), slot.columns()));
  }

  /// Rounds one part of a slot to its blocks.
  void set(Slot slot, DataType type, int part, float[] values) {
    HostTensor rounded = HostTensor.of(values, slot.rows().get(part), slot.columns()).to(type);
    part(slot, type, part).copyFrom(rounded.data());
  }

  /// The numbers that one part's blocks stand for.
  float[] floats(Slot slot, DataType type, int part) {
    return new HostTensor(
            type, new long[] {slot.rows().get(part), slot.columns()}, part(slot, type, part))
        .toFloats();
  }

  /// All of a slot as floats [rows,columns]: whoever takes it closes it after the product.
  Tensor expanded(Slot slot, DataType type, Place place) {
    Tensor to = place.staging(ScalarType.Float, slot.height(), slot.columns());
    MemorySegment memory = Libtorch.memory(to);
    long at = 0;
    for (int part = 0; part < slot.rows().size(); part++) {
      float[] values = floats(slot, type, part);
      MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, at, values.length);
      at += 4L * values.length;
    }
    Tensor there = place.there(to, ScalarType.Float);
    if (there != to) {
      to.close();
    }
    return there;
  }

  @Override
  public void close() {
    arena.close();
  }
}
