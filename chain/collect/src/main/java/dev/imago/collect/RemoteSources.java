package dev.imago.collect;

import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.corpus.extract.FileKind;
import dev.imago.fetch.RemoteFile;
import dev.imago.fetch.RemoteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// Sources that lie behind addresses. They are fetched first, since archives and documents are read
/// by their directories; a fetched file has the name, and so its documents the ids, that it would
/// have in a folder.
final class RemoteSources {

  private RemoteSources() {}

  private static RemoteStore store() {
    return new RemoteStore("imago", System.getenv(), Clock.systemUTC());
  }

  /// A source and what is behind it.
  ///
  /// @param root the folder's own name, for many; empty for one file
  /// @param files of a kind that is read
  record Listed(int index, String root, List<RemoteFile> files) {
    private Path path(Path folder) {
      Path own = folder.resolve(Integer.toString(index));
      return root.isEmpty() ? own : own.resolve(root);
    }
  }

  /// The files behind the sources that are addresses.
  ///
  /// @param notes what is passed over
  static List<Listed> list(Collect.Config config, Consumer<String> notes)
      throws InterruptedException {
    var all = new ArrayList<Listed>();
    for (int i = 0; i < config.sources().size(); i++) {
      String source = config.sources().get(i);
      if (RemoteStore.isRemote(source)) {
        all.add(listed(i, source, store().list(source), config, notes));
      }
    }
    return all;
  }

  /// @throws InputException where none of many is of a kind that is read
  static Listed listed(
      int index,
      String source,
      List<RemoteFile> files,
      Collect.Config config,
      Consumer<String> notes) {
    if (files.size() == 1 && files.getFirst().address().equals(source)) {
      return new Listed(index, "", files);
    }
    List<RemoteFile> read = new ArrayList<>();
    for (RemoteFile file : files) {
      Path plain = Path.of(file.name()).normalize();
      boolean below = !plain.isAbsolute() && !plain.startsWith("..");
      FileKind kind = FileKind.of(file.name(), config.textEndings());
      if (below && kind != FileKind.OTHER && kind != FileKind.XML) {
        read.add(file);
      }
    }
    int others = files.size() - read.size();
    if (read.isEmpty()) {
      throw new InputException(
          "%s holds %s, of whose endings none is read; these are: %s"
              .formatted(source, Counted.of(others, "objects"), FileKind.ENDINGS));
    } else if (others > 0) {
      notes.accept(
          "%s: passed over %s whose endings are not read"
              .formatted(source, Counted.of(others, "objects")));
    }
    String folder = source.substring(0, source.lastIndexOf('/'));
    return new Listed(index, folder.substring(folder.lastIndexOf('/') + 1), read);
  }

  /// Fetches what is not there yet, and gives the settings with paths in place of addresses.
  ///
  /// @param folder where to; what a kill left in it is gone on from
  static Collect.Config fetched(
      Collect.Config config, List<Listed> listed, Path folder, LongConsumer progress)
      throws InterruptedException {
    var sources = new ArrayList<>(config.sources());
    for (Listed each : listed) {
      Path root = each.path(folder);
      for (RemoteFile file : each.files()) {
        Path to = root.resolve(file.name()).normalize();
        if (Files.exists(to)) {
          progress.accept(Math.max(0, file.bytes()));
        } else {
          store().fetch(file, to, progress);
        }
      }
      boolean one = each.root().isEmpty();
      sources.set(
          each.index(), (one ? root.resolve(each.files().getFirst().name()) : root).toString());
    }
    return config.withSources(sources);
  }

  static long bytes(List<Listed> listed) {
    return listed.stream()
        .flatMap(each -> each.files().stream())
        .mapToLong(file -> Math.max(0, file.bytes()))
        .sum();
  }
}
