// Passkeys need the browser's help; all else on these pages works without scripts.
(() => {
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', async event => {
      const field = form.elements.credential;
      if (field.value) return;
      event.preventDefault();
      const error = form.querySelector('.error');
      error.hidden = true;
      try {
        const make = form.dataset.passkey === 'make';
        const answer = await fetch(form.action + '/options', { method: 'POST', body: new URLSearchParams({ form_token: form.elements.form_token.value }) });
        if (!answer.ok) throw new Error('The page has expired. Load it again.');
        const options = await answer.json();
        const credential = make
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        field.value = JSON.stringify(credential);
        form.submit();
      } catch (problem) {
        error.textContent = problem.name === 'NotAllowedError' ? 'No passkey was used.' : problem.message;
        error.hidden = false;
      }
    });
  }
})();
