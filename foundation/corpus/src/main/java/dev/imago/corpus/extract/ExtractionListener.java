package dev.imago.corpus.extract;

import dev.imago.data.Document;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Is given what comes out of files: the documents, in order, and all that is found, assumed and
/// passed over on the way, so that nothing is lost in silence. Whoever wants the documents alone
/// takes only these.
public interface ExtractionListener {
  /// The first bytes of a file.
  interface Head {
    byte[] read() throws IOException;
  }

  /// A document; its tag `kind` is `code` or `prose`.
  void document(Document document);

  /// A file, or one in an archive, is going to be read.
  default void in(long bytes) {}

  /// A file turns out to hold files, which are counted in its place.
  default void holdsFiles(long bytes) {}

  /// So many more of the file's own bytes are done with.
  default void progress(long bytes) {}

  /// A file in an archive has an ending that is not read.
  default void other(String place, long bytes, Head head) {}

  /// A file of text was read to its end.
  ///
  /// @param bytes of text in it, which documents should have come of
  default void read(long bytes) {}

  /// Something was assumed of a file, or found that its name does not say.
  ///
  /// @param what a clause that goes on from the file's name, such as `is in GB18030`
  default void tell(String place, String what) {}

  /// A text was cut into parts.
  default void cut(String place, int parts) {}

  /// A file was passed over, or the rest of it.
  ///
  /// @param magic what it is, where that is the reason
  /// @param detail what was found there, such as `byte 17`
  default void skip(Skip why, @Nullable Magic magic, String place, String detail, long bytes) {}

  /// So many rows were read, those that were passed over among them.
  default void rows(long count) {}

  /// A row was passed over.
  default void skipRow(Skip why, String place, String detail) {}
}
