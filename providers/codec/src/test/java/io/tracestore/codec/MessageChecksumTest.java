package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.tracestore.codec.MessageChecksum.Verdict;
import io.tracestore.model.Bytes;
import io.tracestore.model.MessageSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MessageChecksumTest {
  /** The digest of two braces, which Reflow's own tests assert. */
  private static final String OF_EMPTY_OBJECT =
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  private static MessageSnapshot message(byte[] content, String checksum) {
    return new MessageSnapshot("t", content.length, checksum, Bytes.of(content));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void the_checksum_is_the_digest_of_canonical_json() {
    assertThat(MessageChecksum.of(ReflowJson.readValue(" { } "))).isEqualTo(OF_EMPTY_OBJECT);
    assertThat(MessageChecksum.of(ReflowJson.readValue("{\"b\": 1, \"a\": 2}")))
        .isEqualTo(MessageChecksum.of(ReflowJson.readValue("{\"a\":2,\"b\":1}")));
  }

  @Test
  void content_matches_whatever_its_spaces_and_the_order_of_its_keys() {
    String checksum = MessageChecksum.of(ReflowJson.readValue("{\"a\":2,\"b\":1}"));
    assertThat(MessageChecksum.verify(message(utf8("{ \"b\": 1,\n \"a\": 2 }"), checksum)))
        .isEqualTo(Verdict.MATCHES);
  }

  @Test
  void other_content_differs() {
    assertThat(MessageChecksum.verify(message(utf8("{\"a\":1}"), OF_EMPTY_OBJECT)))
        .isEqualTo(Verdict.DIFFERS);
    assertThat(MessageChecksum.verify(message(new byte[] {1, 2}, OF_EMPTY_OBJECT)))
        .isEqualTo(Verdict.DIFFERS);
  }

  @Test
  void packed_content_is_unpacked_first() {
    MessageSnapshot packed =
        message(Zstd.compress(utf8("{}")), OF_EMPTY_OBJECT)
            .withEncoding("zstd", 1, OptionalLong.empty());
    assertThat(MessageChecksum.verify(packed)).isEqualTo(Verdict.MATCHES);
    MessageSnapshot damaged =
        message(utf8("{}"), OF_EMPTY_OBJECT).withEncoding("zstd", 1, OptionalLong.empty());
    assertThat(MessageChecksum.verify(damaged)).isEqualTo(Verdict.DIFFERS);
  }

  @Test
  void without_content_or_a_known_form_nothing_is_said() {
    assertThat(
            MessageChecksum.verify(
                MessageSnapshot.withoutContent("t", 2).withChecksum(OF_EMPTY_OBJECT)))
        .isEqualTo(Verdict.NOT_CHECKED);
    assertThat(MessageChecksum.verify(message(utf8("{}"), ""))).isEqualTo(Verdict.NOT_CHECKED);
    assertThat(MessageChecksum.verify(message(utf8("{}"), "crc:1"))).isEqualTo(Verdict.NOT_CHECKED);
    assertThat(
            MessageChecksum.verify(
                message(utf8("{}"), OF_EMPTY_OBJECT)
                    .withEncoding("other", 1, OptionalLong.empty())))
        .isEqualTo(Verdict.NOT_CHECKED);
  }
}
