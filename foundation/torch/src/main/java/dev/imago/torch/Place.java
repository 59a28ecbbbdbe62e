package dev.imago.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Where the tensors of a training stand, and who makes them there. What is apart from the
/// machine's memory has a mirror in it ([Mirrored]), which everybody but the operations reads and
/// writes.
///
/// @param index of the device among those of its kind
public record Place(Kind kind, int index) {
  /// The machine's memory.
  public static final Place HOST = new Place(Kind.HOST, 0);

  /// What a place is.
  public enum Kind {
    /// The machine's memory, in place.
    HOST,
    /// The machine's memory with a mirror beside it, as if it were a device: for checks.
    MIRROR,
    /// A GPU of NVIDIA's.
    CUDA,
    /// The GPU of an Apple processor.
    MPS
  }

  /// The place of a tensor, for others beside it.
  static Place of(Tensor tensor) {
    if (tensor.is_cpu()) {
      return HOST;
    }
    return tensor.is_cuda()
        ? new Place(Kind.CUDA, tensor.device().index())
        : new Place(Kind.MPS, 0);
  }

  /// Whether numbers are copied between it and what the rest of the program sees.
  boolean apart() {
    return kind != Kind.HOST;
  }

  /// Whether it is a device of its own kind of processor.
  public boolean gpu() {
    return kind == Kind.CUDA || kind == Kind.MPS;
  }

  /// Tells the number of a GPU of NVIDIA's, where it is one.
  public void gpu(IntConsumer to) {
    if (kind == Kind.CUDA) {
      to.accept(index);
    }
  }

  /// Whether masks of dropout are made by tensors' own operations; MPS shifts no 64-bit integers.
  boolean draws() {
    return kind != Kind.HOST && kind != Kind.MPS;
  }

  /// Rows of scores that a loss makes at a time: the whole would not stay in a processor's cache,
  /// and a GPU has much to do at once or is idle.
  public long scoreRows() {
    return gpu() ? 4096 : 512;
  }

  /// In words, such as `cuda:0`.
  public String words() {
    return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(Locale.ROOT);
  }

  /// The memory of a GPU of NVIDIA's, as CUDA tells it; empty for other places, or where it does
  /// not.
  public OptionalLong bytes() {
    return kind == Kind.CUDA ? CudaMemory.bytes(index) : OptionalLong.empty();
  }

  private Device device() {
    return switch (kind) {
      case HOST, MIRROR -> new Device(DeviceType.CPU);
      case CUDA -> new Device(DeviceType.CUDA, (byte) index);
      case MPS -> new Device(DeviceType.MPS);
    };
  }

  private boolean processors() {
    return kind == Kind.HOST || kind == Kind.MIRROR;
  }

  private TensorOptions options(ScalarType type) {
    TensorOptions options = new TensorOptions(type);
    return processors() ? options : options.device(new DeviceOptional(device()));
  }

  Tensor empty(long... shape) {
    return processors()
        ? torch.empty(shape)
        : torch.empty(shape, options(ScalarType.Float), new MemoryFormatOptional());
  }

  Tensor zeros(long... shape) {
    return processors() ? torch.zeros(shape) : torch.zeros(shape, options(ScalarType.Float));
  }

  Tensor ones(long... shape) {
    return processors() ? torch.ones(shape) : torch.ones(shape, options(ScalarType.Float));
  }

  /// One number.
  Tensor number(double value) {
    return torch.full(new long[] {1}, new Scalar(value), options(ScalarType.Float));
  }

  /// 1 on the diagonal.
  Tensor eye(long rows, long columns) {
    return torch.eye(rows, columns, options(ScalarType.Float));
  }

  /// 0 … n − 1 as int64.
  Tensor counting(long n) {
    return torch.arange(new Scalar(n), options(ScalarType.Long));
  }

  Tensor floats(float[] values, long... shape) {
    Tensor tensor = staging(ScalarType.Float, shape);
    MemorySegment.copy(
        values, 0, Libtorch.memory(tensor), ValueLayout.JAVA_FLOAT, 0, values.length);
    return there(tensor, ScalarType.Float);
  }

  Tensor longs(int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return longs(wide);
  }

  Tensor longs(long[] values) {
    Tensor tensor = staging(ScalarType.Long, values.length);
    MemorySegment.copy(values, 0, Libtorch.memory(tensor), ValueLayout.JAVA_LONG, 0, values.length);
    return there(tensor, ScalarType.Long);
  }

  /// Memory of the machine that is to be copied there: for CUDA such as a copy reads beside the
  /// computation.
  Tensor staging(ScalarType type, long... shape) {
    TensorOptions options = new TensorOptions(type);
    return torch.empty(
        shape,
        kind == Kind.CUDA ? options.pinned_memory(new BoolOptional(true)) : options,
        new MemoryFormatOptional());
  }

  /// A tensor of [#staging] where it belongs; the same where that is this machine's memory.
  Tensor there(Tensor staged, ScalarType type) {
    return switch (kind) {
      case HOST, MIRROR -> staged;
      case MPS -> staged.to(device(), type);
      // The allocator of pinned memory knows when the copy is over.
      case CUDA -> staged.to(device(), type, true, false, new MemoryFormatOptional());
    };
  }
}
