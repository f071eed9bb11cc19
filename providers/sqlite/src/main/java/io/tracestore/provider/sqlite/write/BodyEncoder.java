package io.tracestore.provider.sqlite.write;

import io.tracestore.codec.CompressionDictionary;
import io.tracestore.codec.DictionaryTrainer;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.support.write.GroupWriter;
import io.tracestore.spi.TraceStoreException;

/**
 * Encodes bodies with the newest dictionary of the file, and stores the next one when it is
 * trained. Safe for many threads.
 */
final class BodyEncoder {
  private final BodyDictionaries dictionaries;
  private final GroupWriter<SqliteWrite> writer;
  private final DictionaryTrainer trainer;

  BodyEncoder(BodyDictionaries dictionaries, GroupWriter<SqliteWrite> writer) {
    this.dictionaries = dictionaries;
    this.writer = writer;
    this.trainer = new DictionaryTrainer(dictionaries::newest, this::store);
  }

  byte[] encode(TraceEvent event) {
    byte[] body = TraceBinary.encodeEventBody(event, dictionaries.newest());
    trainer.add(event, body);
    return body;
  }

  /** Bodies are encoded with it after it is committed, so no body is in the file without it. */
  private void store(CompressionDictionary trained) {
    byte[] encoded = trained.encoded();
    try {
      long number =
          writer.write(SqliteWrite.counting(session -> session.addDictionary(encoded))).orThrow();
      dictionaries.add(new CompressionDictionary((int) number, encoded));
    } catch (TraceStoreException e) {
      // The write of the event itself, which comes next, reports what is wrong.
    }
  }
}
