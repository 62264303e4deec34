"""The process `live`: holds the streams and long polls of api.events open, without a thread or a transaction for any of them."""
