package dev.imago.benchmarks;

import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.CpuBackend;
import dev.imago.tensor.CpuOperations;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.DataType;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.KeyValues;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The product that decoding and prefill spend their time in, of each stored type, on one thread:
/// `[COLUMNS=1024] [ROWS=512] [TYPE …]`. The numbers stay in the cache, so that it is the kernel
/// that is measured and not the memory. CPU time, the best of several rounds, types in turns: G
/// products a second for one token, for two, and for 128.
public final class LinearThroughput {
  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = 60_000_000;
  private static final int[] TOKENS = {1, 2, 128};

  private LinearThroughput() {}

  private static DataType[] types(String[] args) {
    if (args.length > 2) {
      DataType[] types = new DataType[args.length - 2];
      for (int i = 0; i < types.length; i++) {
        types[i] = DataType.valueOf(args[i + 2]);
      }
      return types;
    }
    var all = new ArrayList<>(List.of(DataType.F32, DataType.F16, DataType.BF16));
    for (DataType type : DataType.values()) {
      if (type.blockSize() > 1) {
        all.add(type);
      }
    }
    return all.toArray(DataType[]::new);
  }

  public static void main(String[] args) {
    int columns = args.length > 0 ? Integer.parseInt(args[0]) : 1024;
    int rows = args.length > 1 ? Integer.parseInt(args[1]) : 512;
    DataType[] types = types(args);
    double[][] best = new double[types.length][TOKENS.length];
    try (var backend = new CpuBackend(1)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int t = 0; t < types.length; t++) {
          CpuWeight weight = CpuWeight.matrix(List.of(matrix(types[t], rows, columns)));
          for (int n = 0; n < TOKENS.length; n++) {
            double products = (double) TOKENS[n] * rows * columns;
            best[t][n] =
                Math.max(best[t][n], products / nanos(backend, weight, TOKENS[n], columns));
          }
        }
      }
    }
    System.out.printf("%d x %d, %d bits%n", rows, columns, CpuBackend.vectorBits());
    System.out.println("type     1 token  2 tokens  128 tokens");
    for (int t = 0; t < types.length; t++) {
      System.out.printf("%-8s %7.2f %9.2f %11.2f%n", types[t], best[t][0], best[t][1], best[t][2]);
    }
  }

  /// CPU time of one product.
  private static double nanos(CpuBackend backend, CpuWeight weight, int tokens, int columns) {
    var clock = ManagementFactory.getThreadMXBean();
    var random = new Random(2);
    float[] numbers = new float[tokens * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    var x = new CpuActivation(numbers, tokens, columns);
    CpuOperations step = backend.step(ForwardBatch.of(new KeyValues(1, 1000), new int[tokens]));
    long begun = clock.getCurrentThreadCpuTime();
    long taken = 0;
    int count = 0;
    for (; taken < ROUND_NANOS; taken = clock.getCurrentThreadCpuTime() - begun) {
      for (int i = 0; i < 8; i++, count++) {
        step.linear(x, weight, null);
      }
    }
    return (double) taken / count;
  }

  /// Numbers as a model has them; blocks of any bits, but for those that make a scale infinite.
  private static HostTensor matrix(DataType type, int rows, int columns) {
    var random = new Random(1);
    MemorySegment data = Arena.ofAuto().allocate(type.bytes(rows, columns), 64);
    for (long i = 0; i < data.byteSize(); i += type.blockBytes()) {
      float number = 0.02f * (float) random.nextGaussian();
      switch (type) {
        case F32 -> data.set(ValueLayout.JAVA_FLOAT, i, number);
        case F16 -> data.set(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(number));
        case BF16 ->
            data.set(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToIntBits(number) >>> 16));
        default -> {
          for (long b = i; b < i + type.blockBytes(); b++) {
            data.set(ValueLayout.JAVA_BYTE, b, (byte) (random.nextInt() & 0x3f));
          }
        }
      }
    }
    return new HostTensor(type, new long[] {rows, columns}, data);
  }
}
