package io.tracestore.provider.clickhouse.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.ServerException;
import io.tracestore.spi.TraceStoreException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each error code of the server becomes the error that its callers can act on. */
class ServerFailuresTest {
  private final ClickHouseErrors failures = new ClickHouseErrors("clickhouse://host/db");

  @ParameterizedTest
  @CsvSource({
    "516,StoreConfigurationException,false",
    "497,StoreConfigurationException,false",
    "164,StoreConfigurationException,false",
    "60,StoreConfigurationException,false",
    "81,StoreConfigurationException,false",
    "115,StoreConfigurationException,false",
    "159,StoreTimeoutException,true",
    "209,StoreTimeoutException,true",
    "241,StoreCapacityException,false",
    "243,StoreCapacityException,false",
    "252,StoreUnavailableException,true",
    "202,StoreUnavailableException,true",
    "242,StoreUnavailableException,true",
    "286,StoreUnavailableException,true",
    "289,StoreUnavailableException,true",
    "999,StoreUnavailableException,true",
    "246,CorruptDataException,false",
    "49,TraceStoreException,false"
  })
  void eachCodeHasItsKind(int code, String kind, boolean retryable) {
    TraceStoreException failure =
        failures.translate(new ServerException(code, "Code: 1. DB::Exception: why", 500, "id"));
    assertThat(failure.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(failure.isRetryable()).isEqualTo(retryable);
    assertThat(failure.getMessage()).startsWith("clickhouse://host/db").hasLineCount(1);
  }

  @Test
  void aReplicaThatLagsIsLeftForAnotherAndAQuorumIsWaitedFor() {
    ServerException lags = new ServerException(289, "Code: 289. DB::Exception: why", 500, "id");
    ServerException quorum = new ServerException(286, "Code: 286. DB::Exception: why", 500, "id");
    assertThat(ClickHouseErrors.isWorthRetrying(lags)).isTrue();
    assertThat(ClickHouseErrors.isServerAway(lags)).isTrue();
    assertThat(ClickHouseErrors.isWorthRetrying(quorum)).isTrue();
    assertThat(ClickHouseErrors.isServerAway(quorum)).isFalse();
  }

  @Test
  void aFullDiskIsKnownByItsMessage() {
    TraceStoreException failure =
        failures.translate(
            new ServerException(75, "Cannot write: errno: 28, No space left on device", 500, "id"));
    assertThat(failure.getClass().getSimpleName()).isEqualTo("StoreCapacityException");
  }

  @Test
  void aServerThatIsAwayIsUnavailableAndOneThatIsSilentATimeout() {
    TraceStoreException away = failures.translate(new ConnectException("Connection refused"));
    TraceStoreException silent = failures.translate(new SocketTimeoutException("Read timed out"));
    assertThat(away.getClass().getSimpleName()).isEqualTo("StoreUnavailableException");
    assertThat(silent.getClass().getSimpleName()).isEqualTo("StoreTimeoutException");
  }

  @Test
  void aCertificateThatIsNotTrustedAndAPortWithoutTlsAreNotTriedAgain() {
    SSLException untrusted = new SSLException(new CertificateException("no path to a root"));
    SSLException plain = new SSLException("Unsupported or unrecognized SSL message");
    assertThat(failures.translate(untrusted)).hasMessageContaining("tlsCa");
    assertThat(failures.translate(plain)).hasMessageContaining("does not speak TLS");
    assertThat(ClickHouseErrors.isWorthRetrying(untrusted)).isFalse();
    assertThat(ClickHouseErrors.isWorthRetrying(plain)).isFalse();
  }

  @Test
  void eachCallerOfAFailedBlockGetsAnExceptionOfItsOwn() {
    TraceStoreException shared = failures.translate(new ConnectException("Connection refused"));

    TraceStoreException one = failures.again(shared);
    TraceStoreException other = failures.again(shared);

    assertThat(one).isNotSameAs(other).hasSameClassAs(shared).hasMessage(shared.getMessage());
  }
}
