package dev.imago.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A process of a recipe that is not the first: it waits for the steps that the first tells, does
/// its part of them, and leaves nothing.
public final class Follower {
  /// A folder on the network shows what another machine wrote a while later.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A file from another machine comes without an event: it is looked for, as often as nobody waits
  /// for it noticeably longer.
  private static final long POLL_MILLIS = 200;

  private final Workspace workspace;
  private final Compute compute;
  private final Peers peers;
  private final Duration patience;

  public Follower(Workspace workspace, Compute compute, Peers peers) {
    this(workspace, compute, peers, PATIENCE);
  }

  /// @param patience with an input that is not in the workspace yet
  Follower(Workspace workspace, Compute compute, Peers peers, Duration patience) {
    this.workspace = workspace;
    this.compute = compute;
    this.peers = peers;
    this.patience = patience;
  }

  /// Follows the first process to the end of the recipe.
  ///
  /// @return whether that ended well
  public boolean follow(Plan plan) throws InterruptedException {
    while (true) {
      Announcement told = Announcement.nextOf(peers);
      if (told.last()) {
        return told.well();
      }
      Plan.Node<?> node =
          plan.nodes().stream()
              .filter(n -> n.id().equals(told.step()))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no step " + told.step()));
      follow(node, told, plan.recipe().seed());
    }
  }

  private <C extends Record> void follow(Plan.Node<C> node, Announcement told, long seed)
      throws InterruptedException {
    var refs = new LinkedHashMap<String, Ref>();
    for (Map.Entry<String, String> input : told.inputs().entrySet()) {
      Ref ref = Ref.parse(input.getValue());
      await(ref, node.id());
      refs.put(input.getKey(), ref);
    }
    follow(node.stage(), node.config(), refs, new FollowedRun(workspace, told, seed, compute));
  }

  private <I extends Record, C extends Record, O extends Record> void follow(
      Stage<I, C, O> stage, C config, Map<String, Ref> refs, Run run) throws InterruptedException {
    stage.follow(Input.record(stage, refs, workspace), config, run);
  }

  private void await(Ref ref, String step) throws InterruptedException {
    Path folder = workspace.artifact(ref).folder();
    long begun = System.nanoTime();
    while (!Files.exists(folder.resolve(Manifest.NAME))) {
      if (System.nanoTime() - begun >= patience.toNanos()) {
        throw new EnvironmentException(
            "%s, which %s reads, is not in %s on this machine: all processes need the same workspace, on a disk that they share, or a copy of it"
                .formatted(ref.brief(), step, workspace.root()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /// A run whose step another process tells about and writes.
  private record FollowedRun(Workspace workspace, Announcement told, long seed, Compute compute)
      implements Run {
    @Override
    public Path scratch() {
      return workspace.scratch(told.key());
    }

    @Override
    public int threads() {
      return compute.threads();
    }

    @Override
    public Draft draft(Class<? extends Artifact> kind, String name) {
      throw new IllegalStateException("only the first process writes");
    }

    @Override
    public Progress progress(String step, long total, String unit) {
      return Progress.NONE;
    }

    @Override
    public void metric(Map<String, ? extends Number> values) {}

    @Override
    public void sample(long step, String prompt, String text) {}

    @Override
    public void note(String line) {}

    @Override
    public void table(String title, List<String> header, List<List<String>> rows) {}

    @Override
    public void attach(String name, byte[] content) {}
  }
}
