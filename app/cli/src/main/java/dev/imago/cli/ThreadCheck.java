package dev.imago.cli;

import dev.imago.torch.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What `doctor` says of the threads: ours compute, and every native pool inside one of them should
/// be that one thread. See `docs/decisions/0002`.
///
/// @param ours compute threads, for training a replica each, for serving the CPU runtime's
/// @param pools what the native libraries would start inside each
/// @param environment the variables that this program was started with
record ThreadCheck(int ours, Pools pools, Map<String, String> environment) {
  private static final List<String> COUNTS = List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS");
  private static final List<String> BINDINGS =
      List.of("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY");

  ThreadCheck {
    environment = Map.copyOf(environment);
  }

  String value() {
    String told =
        "%d of ours; in each %d intra-op, %d inter-op, %s OpenMP, %s OpenBLAS"
            .formatted(
                ours,
                pools.intraOp(),
                pools.interOp(),
                orNo(pools.openMp()),
                orNo(pools.openBlas()));
    // Someone who set one will look for its effect.
    String unheeded =
        mend().isEmpty()
            ? set(Stream.concat(COUNTS.stream(), BINDINGS.stream()))
                .filter(v -> !List.of("1", "false").contains(environment.get(v)))
                .map(this::assignment)
                .collect(Collectors.joining(", "))
            : "";
    return unheeded.isEmpty() ? told : told + " (" + unheeded + " has no effect)";
  }

  /// What to do about it; empty where all is well.
  String mend() {
    var mends = new ArrayList<String>();
    boolean openMp = Math.max(pools.intraOp(), pools.openMp()) > 1;
    boolean openBlas = pools.openBlas() > 1;
    if (openMp && openBlas) {
      mends.add(
          "two pools are nested and wait for each other: start with OPENBLAS_NUM_THREADS=1"
              + " OMP_NUM_THREADS=1"
              + now(COUNTS));
    } else if (openMp || openBlas) {
      String variable = openMp ? "OMP_NUM_THREADS" : "OPENBLAS_NUM_THREADS";
      mends.add(
          "%d × %d threads on %d processors: start with %s=1%s"
              .formatted(
                  ours,
                  openMp ? Math.max(pools.intraOp(), pools.openMp()) : pools.openBlas(),
                  pools.processors(),
                  variable,
                  now(List.of(variable))));
    }
    if (pools.processors() < ours) {
      String bound = set(BINDINGS.stream()).collect(Collectors.joining(" and "));
      mends.add(
          "the native libraries bind %d threads to %d of the processors: %s"
              .formatted(
                  ours,
                  pools.processors(),
                  bound.isEmpty() ? "start with OMP_PROC_BIND=false" : "unset " + bound));
    }
    return String.join("; ", mends);
  }

  private String now(List<String> variables) {
    String now = set(variables.stream()).map(this::assignment).collect(Collectors.joining(", "));
    return now.isEmpty() ? "" : " (now " + now + ")";
  }

  private Stream<String> set(Stream<String> variables) {
    return variables.filter(environment::containsKey);
  }

  private String assignment(String variable) {
    return variable + "=" + environment.get(variable);
  }

  private static String orNo(int threads) {
    return threads == 0 ? "no" : String.valueOf(threads);
  }
}
