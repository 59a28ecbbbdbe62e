package dev.imago.torch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.Work;
import org.jspecify.annotations.Nullable;

/// The gradients' way to the other processes, a stretch of the array at a time and while the
/// backward pass still runs: as soon as all replicas have a bucket's gradients, they are summed in
/// order of the replicas, and the sum over the processes begins. Li et al. 2020, arXiv:2006.15704,
/// section 3.2.
///
/// The buckets go in one fixed order, the same in every process: that of the last weights of the
/// model first, as the backward pass makes them.
final class GradientBuckets implements AutoCloseable {
  /// Of the paper's measurements: less has too many messages, more begins too late.
  static final long BYTES = 25L << 20;

  private final List<Replica> replicas;
  private final ProcessGroup group;
  private final List<Bucket> buckets;
  private final int[] bucketOf;
  private final List<Progress> progress = new ArrayList<>();
  private final ExecutorService sender =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("gradient-buckets").factory());
  private volatile List<CountDownLatch> waiting = List.of();
  private @Nullable Future<List<Work>> sent;

  /// A stretch of the gradient, from … to − 1.
  ///
  /// @param slots that lie in it
  record Bucket(long from, long to, List<Slot> slots) {}

  /// How far one replica's backward pass has come. Used by its thread alone.
  private final class Progress {
    private final boolean[] ready = new boolean[bucketOf.length];
    private final List<VoidTensorHook> hooks = new ArrayList<>();
    private int last = -1;
    private boolean counting;

    /// Asks to be told of each weight's gradient just before it is added to what is there. Nodes of
    /// a backward pass follow each other on the replica's thread: when the next weight's comes, the
    /// one before is complete.
    Progress(Replica replica) {
      for (Bucket bucket : buckets) {
        for (Slot slot : bucket.slots()) {
          var hook =
              new VoidTensorHook() {
                @Override
                public void call(TensorBase gradient) {
                  reached(slot.index());
                }
              };
          hooks.add(hook);
          int _ = replica.leaf(slot).register_hook(hook);
        }
      }
    }

    void begin() {
      java.util.Arrays.fill(ready, false);
      last = -1;
      counting = true;
    }

    private void reached(int slot) {
      if (!counting) {
        return;
      }
      if (ready[slot] || slot == last) {
        throw new IllegalStateException("weight %d has two gradients".formatted(slot));
      }
      complete(last);
      last = slot;
    }

    private void complete(int slot) {
      if (slot >= 0 && !ready[slot]) {
        ready[slot] = true;
        waiting.get(bucketOf[slot]).countDown();
      }
    }

    /// Whatever has no gradient of this pass has it already, or has none.
    void end() {
      if (counting) {
        counting = false;
        buckets.forEach(b -> b.slots().forEach(s -> complete(s.index())));
      }
    }
  }

  /// @param bytes of a bucket, about
  GradientBuckets(Layout layout, List<Replica> replicas, ProcessGroup group, long bytes) {
    this.replicas = List.copyOf(replicas);
    this.group = group;
    this.buckets = buckets(layout, bytes);
    this.bucketOf = new int[layout.slots().size()];
    for (int b = 0; b < buckets.size(); b++) {
      for (Slot slot : buckets.get(b).slots()) {
        bucketOf[slot.index()] = b;
      }
    }
    for (Replica replica : this.replicas) {
      progress.add(new Progress(replica));
    }
  }

  /// Cuts the array where a bucket is full and between groups: a norm at the model's beginning is
  /// no reason for the head's matrix to wait.
  static List<Bucket> buckets(Layout layout, long bytes) {
    long[] offsets = layout.offsets();
    List<Slot> slots =
        layout.slots().stream()
            .filter(s -> s.group().trains() && s.size() > 0)
            .sorted(Comparator.comparingLong((Slot s) -> offsets[s.index()]).reversed())
            .toList();
    var buckets = new ArrayList<Bucket>();
    var open = new ArrayList<Slot>();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      open.add(slot);
      long from = offsets[slot.index()];
      Slot first = open.getFirst();
      long to = offsets[first.index()] + first.size();
      boolean last = i + 1 == slots.size() || !slots.get(i + 1).group().equals(slot.group());
      if (last || (to - from) * Float.BYTES >= bytes) {
        buckets.add(new Bucket(from, to, List.copyOf(open)));
        open.clear();
      }
    }
    buckets.sort(
        Comparator.comparingInt(
                (Bucket b) -> b.slots().stream().mapToInt(Slot::index).min().orElse(0))
            .reversed());
    return List.copyOf(buckets);
  }

  /// Whether the gradients are on their way.
  boolean sending() {
    return sent != null;
  }

  /// The backward pass that begins now is the step's last.
  void begin() {
    waiting =
        buckets.stream().map(b -> new CountDownLatch(b.slots().size() * replicas.size())).toList();
    progress.forEach(Progress::begin);
    sent = sender.submit(this::send);
  }

  /// A replica's backward pass has ended, well or not.
  void end(int replica) {
    progress.get(replica).end();
  }

  private List<Work> send() throws InterruptedException {
    var works = new ArrayList<Work>();
    for (int b = 0; b < buckets.size(); b++) {
      waiting.get(b).await();
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        Bucket bucket = buckets.get(b);
        long n = bucket.to() - bucket.from();
        Tensor sum = replicas.getFirst().gradient.narrow(0, bucket.from(), n);
        for (Replica other : replicas.subList(1, replicas.size())) {
          sum.add_(other.gradient.narrow(0, bucket.from(), n));
        }
        works.add(group.sumLater(sum).retainReference());
      }
    }
    return works;
  }

  /// Waits until all buckets are on their way, so that what is sent after them is so everywhere.
  List<Work> handedOver() {
    Future<List<Work>> own = sent;
    if (own == null) {
      return List.of();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return own.get();
        } catch (InterruptedException e) {
          interrupted = true; // the others wait for our part
        } catch (ExecutionException e) {
          sent = null;
          throw e.getCause() instanceof LostPeerException lost
              ? lost
              : new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Waits for the sums of all processes: they are the first replica's gradient.
  void await() {
    List<Work> works = handedOver();
    sent = null;
    LostPeerException lost = null;
    for (Work work : works) {
      try (work) {
        ProcessGroup.await(work);
      } catch (LostPeerException e) {
        lost = lost == null ? e : lost;
      }
    }
    if (lost != null) {
      throw lost;
    }
  }

  @Override
  public void close() {
    sender.close();
  }
}
