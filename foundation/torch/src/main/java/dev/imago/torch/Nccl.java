package dev.imago.torch;

import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/// What carries tensors of GPUs between processes. A class of its own: its natives are there in a
/// build for CUDA alone.
final class Nccl implements AutoCloseable {
  private final ProcessGroupNCCL group;

  private Nccl(ProcessGroupNCCL group) {
    this.group = group;
  }

  /// @throws IllegalStateException where these natives do not have it
  static Nccl connect(Store store, int rank, int size) {
    try {
      return new Nccl(new ProcessGroupNCCL(store, rank, size));
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "these natives have no NCCL: build with -Dnatives.torch=linux-x86_64-gpu", e);
    }
  }

  /// Begins to put the sum over all processes in the place of a tensor.
  Work sum(Tensor tensor) {
    return group.allreduce(new TensorVector(tensor));
  }

  /// Begins to put rank 0's numbers in the place of this process's.
  Work spread(Tensor tensor) {
    return group.broadcast(new TensorVector(tensor));
  }

  @Override
  public void close() {
    group.close();
  }
}
