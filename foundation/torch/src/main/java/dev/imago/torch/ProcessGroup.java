package dev.imago.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// The processes that train one model together: libtorch's store, by which they find each other and
/// which carries words, and its Gloo group, which carries numbers.
///
/// All of them call the same collectives in the same order. What fails throws [LostPeerException]:
/// the group is of no use then. Owns sockets and native memory.
public final class ProcessGroup implements AutoCloseable {
  /// How long one waits for another in a collective: the first may be writing a checkpoint.
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /// Between two looks at the store: what is waited for takes seconds, and a look a millisecond.
  private static final long POLL_MILLIS = 50;

  private final Member member;
  private final TCPStore tcp;
  private final PrefixStore store;
  private @Nullable ProcessGroupGloo gloo;
  private @Nullable Nccl nccl;

  /// One of the processes, as torchrun's variables tell.
  ///
  /// @param rank from 0
  /// @param size how many there are
  /// @param address of the machine of rank 0
  /// @param port of its store
  /// @param local how many there are on this machine
  /// @param localRank which of these it is, from 0
  /// @param hosted whether the launcher holds the store, and not rank 0
  /// @param attempt sets one start of the same group apart from another in a hosted store
  public record Member(
      int rank,
      int size,
      String address,
      int port,
      int local,
      int localRank,
      boolean hosted,
      String attempt) {
    public Member {
      if (size < 1 || rank < 0 || rank >= size || local < 1 || port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "rank %d of %d at %s:%d".formatted(rank, size, address, port));
      }
    }

    /// Of a group whose store is rank 0's.
    public static Member of(int rank, int size, String address, int port) {
      return new Member(rank, size, address, port, 1, 0, false, "0");
    }
  }

  private ProcessGroup(Member member, TCPStore tcp) {
    this.member = member;
    this.tcp = tcp;
    this.store = new PrefixStore("imago/" + member.attempt(), tcp);
  }

  /// Reaches the store; rank 0 opens it. Numbers flow from [#connect] on.
  ///
  /// @param wait for rank 0, at most
  public static ProcessGroup join(Member member, Duration wait) {
    Libtorch.load();
    var options = new TCPStoreOptions();
    options.port((short) member.port());
    options.isServer(member.rank() == 0 && !member.hosted());
    options.waitWorkers(false);
    options.timeout(new Milliseconds(wait.toMillis()));
    try {
      return new ProcessGroup(member, new TCPStore(member.address(), options));
    } catch (RuntimeException e) {
      throw LostPeerException.of(
          member.rank() == 0 && !member.hosted()
              ? "port %d cannot be opened on this machine".formatted(member.port())
              : "process 0 does not answer at %s:%d".formatted(member.address(), member.port()),
          e);
    }
  }

  public int rank() {
    return member.rank();
  }

  public int size() {
    return member.size();
  }

  /// How many of the processes are on this machine.
  public int local() {
    return member.local();
  }

  /// Which of these this one is, from 0.
  public int localRank() {
    return member.localRank();
  }

  /// Leaves a word for the others.
  ///
  /// @param topic said once
  public void tell(String topic, String text) {
    try (PointerScope _ = new PointerScope()) {
      // A store's value has at least one byte.
      store.set(topic, new ByteVector((" " + text).getBytes(StandardCharsets.UTF_8)));
    } catch (RuntimeException e) {
      throw LostPeerException.of("process 0 cannot be reached any more", e);
    }
  }

  /// A word of another, if it is there.
  public Optional<String> heard(String topic) {
    try (PointerScope _ = new PointerScope()) {
      if (!store.check(new StringVector(topic))) {
        return Optional.empty();
      }
      ByteVector value = store.get(topic);
      byte[] bytes = new byte[(int) value.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = value.get(i);
      }
      return Optional.of(new String(bytes, StandardCharsets.UTF_8).substring(1));
    } catch (RuntimeException e) {
      throw LostPeerException.of("process 0 cannot be reached any more", e);
    }
  }

  /// A word of another, waited for. It looks now and then, as the store's own wait is native and
  /// would not be broken off by an interrupt.
  ///
  /// @param wait at most
  /// @return nothing where it does not come
  public Optional<String> hear(String topic, Duration wait) throws InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      Optional<String> word = heard(topic);
      if (word.isPresent() || System.nanoTime() - begun >= wait.toNanos()) {
        return word;
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /// Connects all processes with each other; returns when all are there.
  ///
  /// @param wait for the others, at most
  public void connect(Duration wait) {
    try (PointerScope _ = new PointerScope()) {
      var options = ProcessGroupGloo.Options.create(new Milliseconds(wait.toMillis()));
      options.devices(new GlooDeviceVector(device()));
      var group = new ProcessGroupGloo(store, rank(), size(), options);
      group.setTimeout(new Milliseconds(PATIENCE.toMillis()));
      gloo = group.retainReference();
    } catch (RuntimeException e) {
      throw LostPeerException.of("the processes cannot reach each other", e);
    }
  }

  /// Has what stands on devices travel between them; words and single numbers stay with Gloo.
  ///
  /// @throws IllegalArgumentException for a place that several processes cannot share
  void connect(Place place) {
    switch (place.kind()) {
      case HOST, MIRROR -> {}
      case CUDA -> nccl = Nccl.connect(store, rank(), size());
      case MPS ->
          throw new IllegalArgumentException(
              "device = mps is of one process alone: nothing sums gradients between such devices");
    }
  }

  private Nccl devices() {
    if (nccl == null) {
      throw new IllegalStateException("no devices are connected");
    }
    return nccl;
  }

  /// The network card: torch's variable names it; a group of one machine needs none.
  private org.bytedeco.pytorch.gloo.Device device() {
    String named = System.getenv("GLOO_SOCKET_IFNAME");
    if (named != null && !named.isBlank()) {
      return ProcessGroupGloo.createDeviceForInterface(named);
    }
    boolean loopback =
        member.address().equals("localhost")
            || member.address().equals("::1")
            || member.address().startsWith("127.");
    return loopback
        ? ProcessGroupGloo.createDeviceForHostname(member.address())
        : ProcessGroupGloo.createDefaultDevice();
  }

  private ProcessGroupGloo connected() {
    if (gloo == null) {
      throw new IllegalStateException("not connected");
    }
    return gloo;
  }

  /// Begins to put the sum over all processes in the place of a tensor.
  Work sumLater(Tensor tensor) {
    try {
      return tensor.is_cuda()
          ? devices().sum(tensor)
          : connected().allreduce(new TensorVector(tensor));
    } catch (RuntimeException e) {
      throw lost(e);
    }
  }

  static void await(Work work) {
    try {
      work._wait();
    } catch (RuntimeException e) {
      throw lost(e);
    }
  }

  private static LostPeerException lost(RuntimeException e) {
    return LostPeerException.of("another process of the training was lost", e);
  }

  /// The sum over all processes.
  double sum(double value) {
    try (PointerScope _ = new PointerScope()) {
      Tensor all =
          torch.empty(
              new long[] {1}, new TensorOptions(ScalarType.Double), new MemoryFormatOptional());
      Libtorch.memory(all).set(ValueLayout.JAVA_DOUBLE, 0, value);
      await(sumLater(all));
      return Libtorch.memory(all).get(ValueLayout.JAVA_DOUBLE, 0);
    }
  }

  /// Puts rank 0's numbers in the place of this process's.
  void spread(Tensor tensor) {
    if (tensor.numel() == 0) {
      return;
    }
    try (PointerScope _ = new PointerScope()) {
      await(
          tensor.is_cuda()
              ? devices().spread(tensor)
              : connected().broadcast(new TensorVector(tensor)));
    } catch (LostPeerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw lost(e);
    }
  }

  /// Rank 0's text.
  ///
  /// @param own what this process would say; of all but rank 0 not looked at
  String spread(String own) {
    byte[] bytes = own.getBytes(StandardCharsets.UTF_8);
    try (PointerScope _ = new PointerScope()) {
      Tensor length = Place.HOST.longs(new long[] {bytes.length});
      spread(length);
      long n = Libtorch.memory(length).get(ValueLayout.JAVA_LONG, 0);
      Tensor text =
          torch.empty(
              new long[] {n}, new TensorOptions(ScalarType.Byte), new MemoryFormatOptional());
      if (rank() == 0) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, Libtorch.memory(text), 0, bytes.length);
      }
      spread(text);
      byte[] heard = Libtorch.memory(text).toArray(ValueLayout.JAVA_BYTE);
      return new String(heard, StandardCharsets.UTF_8);
    }
  }

  /// Ends the exchange of numbers: whoever waits for this process's part is told that it is lost.
  public void disconnect() {
    if (nccl != null) {
      nccl.close();
      nccl = null;
    }
    if (gloo != null) {
      gloo.close();
      gloo = null;
    }
  }

  @Override
  public void close() {
    disconnect();
    store.close();
    tcp.close();
  }
}
