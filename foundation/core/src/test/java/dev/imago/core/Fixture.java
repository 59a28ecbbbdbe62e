package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Two small stages, a listener that remembers, and a chain over them.
final class Fixture implements Listener {
  final List<String> events = new ArrayList<>();
  final Workspace workspace;
  final Count count = new Count();
  final Sum sum = new Sum();

  Fixture(Path folder) {
    workspace = new Workspace(folder);
  }

  Chain chain(boolean verify) {
    return new Chain(workspace, this, new Chain.Options(2, verify, "test"), Clock.systemUTC());
  }

  Map<String, Map<String, Artifact>> run(String yaml, String... overrides) {
    return chain(false).run(plan(yaml, overrides));
  }

  Plan plan(String yaml, String... overrides) {
    try {
      Path file =
          Files.createTempFile(
              Files.createDirectories(workspace.root().resolveSibling("recipes")),
              "recipe",
              ".yaml");
      Files.writeString(file, yaml);
      return Plan.of(
          Recipe.read(file, List.of(overrides), Map.of("home", "/h")),
          List.of(count, sum, new Gather()),
          workspace::find);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Files of one number each.
  @Kind(name = "corpus", form = "numbers")
  record Numbers(Ref ref, Path folder) implements Artifact {}

  /// One number.
  @Kind(name = "scores", form = "a total", holds = "total")
  record Total(Ref ref, Path folder) implements Artifact {}

  /// Writes the numbers 1 … n, one a file; stops once where it is told to.
  static final class Count extends Stage<Count.Inputs, Count.Config, Count.Outputs> {
    int failAt = -1;
    int interruptAt = -1;
    String outside = "";
    Runnable attached = () -> {};

    public record Inputs() {}

    public record Config(int n, List<String> labels, Shape shape, Kind kind) {
      public Config {
        labels = List.copyOf(labels);
        if (n < 1) {
          throw new IllegalArgumentException("n = " + n + " is below 1");
        }
      }
    }

    public record Shape(double ratio, boolean bent) {}

    public enum Kind {
      PLAIN,
      FANCY
    }

    public record Outputs(Numbers numbers) {}

    Count() {
      super(
          "count",
          1,
          Inputs.class,
          new Config(3, List.of(), new Shape(0.5, false), Kind.PLAIN),
          Outputs.class);
    }

    @Override
    public String external(Config config) {
      return outside;
    }

    @Override
    public Optional<String> resumesAt(Path scratch) {
      int kept = 0;
      while (Files.exists(scratch.resolve(kept + 1 + ".txt"))) {
        kept++;
      }
      return kept == 0 ? Optional.empty() : Optional.of("after " + kept);
    }

    @Override
    public Estimate estimate(Config config, Estimate.Known known) {
      return new Estimate(Map.of(Estimate.Figure.TOKENS, (long) config.n()), 0, 8L * config.n(), 0);
    }

    @Override
    public Outputs run(Inputs inputs, Config config, Run run) {
      try {
        for (int i = 1; i <= config.n(); i++) {
          Path partial = run.scratch().resolve(i + ".txt");
          if (Files.exists(partial)) {
            run.note("kept " + i);
            continue;
          }
          if (i == interruptAt) {
            Thread.currentThread().interrupt();
            run.progress("count", 0, "numbers").add(1);
          }
          if (i == failAt) {
            throw new InputException("stopped at " + i);
          }
          AtomicFile.write(partial, String.valueOf(i));
          run.metric(Map.of("step", i, "loss", 1.0 / i));
          run.attach("last.txt", new byte[] {(byte) ('0' + i)});
          attached.run();
        }
        Draft draft = run.draft(Numbers.class, "numbers");
        for (int i = 1; i <= config.n(); i++) {
          Files.copy(run.scratch().resolve(i + ".txt"), draft.folder().resolve(i + ".txt"));
        }
        return new Outputs(draft.commit(Numbers.class));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /// Adds the numbers up.
  static final class Sum extends Stage<Sum.Inputs, Sum.Config, Sum.Outputs> {
    /// What other processes were given to add up.
    final List<Ref> followed = new ArrayList<>();

    public record Inputs(Numbers numbers) {}

    public record Config(@Formerly("factor") int times, @Unwrapped Rounding rounding) {}

    /// What stands beside `times` in a recipe.
    public record Rounding(@Formerly("digits") int places, boolean up) {
      public Rounding {
        Bounds.whole("places", places, 0, 9);
      }
    }

    public record Outputs(Total total) {}

    Sum() {
      super("sum", 1, Inputs.class, new Config(1, new Rounding(0, false)), Outputs.class);
    }

    @Override
    public Estimate estimate(Config config, Estimate.Known known) {
      return new Estimate(
          Map.of(), 16L * known.figure(Estimate.Figure.TOKENS, 0), known.inputs().size(), 0);
    }

    @Override
    public boolean spreads() {
      return true;
    }

    @Override
    public void follow(Inputs inputs, Config config, Run run) {
      followed.add(inputs.numbers().ref());
    }

    @Override
    public Outputs run(Inputs inputs, Config config, Run run) {
      long total = 0;
      try (var files = Files.newDirectoryStream(inputs.numbers().folder(), "*.txt")) {
        for (Path file : files) {
          total += Long.parseLong(Files.readString(file));
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      Draft draft = run.draft(Total.class, "total");
      AtomicFile.write(draft.folder().resolve("total"), String.valueOf(total * config.times()));
      return new Outputs(draft.commit(Total.class));
    }
  }

  /// Tells how many inputs it was given.
  static final class Gather extends Stage<Gather.Inputs, Gather.Config, Gather.Outputs> {
    public record Inputs(List<Numbers> numbers, Optional<Total> total) {}

    public record Config() {}

    public record Outputs(Numbers all) {}

    Gather() {
      super("gather", 1, Inputs.class, new Config(), Outputs.class);
    }

    @Override
    public Outputs run(Inputs inputs, Config config, Run run) {
      long folders = inputs.numbers().stream().map(Numbers::folder).distinct().count();
      Draft draft = run.draft(Numbers.class, "all");
      AtomicFile.write(
          draft.folder().resolve("all"),
          "%d of %d and %d"
              .formatted(folders, inputs.numbers().size(), inputs.total().stream().count()));
      return new Outputs(draft.commit(Numbers.class));
    }
  }

  @Override
  public void started(String step, boolean resumed) {
    events.add((resumed ? "resumed " : "started ") + step);
  }

  @Override
  public void reused(String step, Map<String, Ref> outputs) {
    events.add("reused " + step);
  }

  @Override
  public void finished(String step, Map<String, Ref> outputs, Duration took) {
    events.add("finished " + step);
  }

  @Override
  public Progress progress(String step, String what, long total, String unit) {
    return Progress.NONE;
  }

  @Override
  public void note(String line) {
    events.add("note " + line);
  }

  @Override
  public void table(String title, List<String> header, List<List<String>> rows) {
    events.add("table " + title);
  }
}
