package dev.imago.spark;

import dev.imago.core.EnvironmentException;
import dev.imago.corpus.WrittenDocument;
import dev.imago.prepare.PrepareReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/// What comes of a part of the input, in order: lines of shards, hits of tests, and at the end what
/// was counted.
///
/// @param kind the ordinal of [WrittenDocument.File], [#HIT] or [#REPORT]
/// @param chars of a line, its text's length in UTF-16 units
record Piece(int kind, int chars, byte[] bytes) implements Serializable {
  static final int HIT = WrittenDocument.File.values().length;
  static final int REPORT = HIT + 1;

  static Piece hit(String line) {
    return new Piece(HIT, 0, line.getBytes(StandardCharsets.UTF_8));
  }

  static Piece report(PrepareReport report) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(report);
    } catch (IOException e) {
      throw new EnvironmentException("cannot keep a report: " + e.getMessage(), e);
    }
    return new Piece(REPORT, 0, bytes.toByteArray());
  }

  PrepareReport report() {
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (PrepareReport) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new EnvironmentException("cannot read a report: " + e.getMessage(), e);
    }
  }
}
